// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.time.Duration;

/**
 * What is run: one kind of client against one kind of server.
 *
 * @param side whose client
 * @param server what answers, and closes
 * @param tls whether by HTTPS
 * @param idleTimeout after which the server closes an idle connection
 * @param roundTrip delay on the way, there and back
 * @param paths whether lanes share a route
 * @param maxSize connections that the client keeps per route, 0 for its default
 * @param virtualThreads whether lanes are virtual threads, where the JVM has them
 * @param clientPerLane whether each lane builds a client of its own
 * @param lanes callers
 * @param calls of each lane
 */
record Race(
        Side side,
        ServerKind server,
        boolean tls,
        Duration idleTimeout,
        Duration roundTrip,
        Paths paths,
        int maxSize,
        boolean virtualThreads,
        boolean clientPerLane,
        int lanes,
        int calls) {

    /** Whose client. */
    enum Side {
        STOCK,
        EVENKEEL
    }

    /** Which way lanes take. */
    enum Paths {
        /** Each lane has a port of its own, and so a connection of its own; lanes call when they like. */
        OWN,
        /** All lanes call the same port, in bursts, so that many connections grow old together. */
        SHARED
    }

    /** {@return a race of eight lanes on ways of their own, with all defaults} */
    static Race of(ServerKind server, boolean tls, int roundTripMillis) {
        return new Race(
                Side.EVENKEEL,
                server,
                tls,
                server.idleTimeout(),
                Duration.ofMillis(roundTripMillis),
                Paths.OWN,
                0,
                false,
                false,
                8,
                10);
    }

    Race stock() {
        return with(Side.STOCK, this.paths, this.maxSize, this.virtualThreads, this.clientPerLane);
    }

    /** {@return this race with one route for all lanes, in bursts} */
    Race shared() {
        return with(this.side, Paths.SHARED, this.maxSize, this.virtualThreads, this.clientPerLane);
    }

    Race maxSize(int size) {
        return with(this.side, this.paths, size, this.virtualThreads, this.clientPerLane);
    }

    Race virtual(boolean virtual) {
        boolean possible = Runtime.version().feature() >= 21;
        return with(this.side, this.paths, this.maxSize, virtual && possible, this.clientPerLane);
    }

    Race clientPerLane(boolean own) {
        return with(this.side, this.paths, this.maxSize, this.virtualThreads, own);
    }

    Race load(int lanes, int calls) {
        return new Race(
                this.side,
                this.server,
                this.tls,
                this.idleTimeout,
                this.roundTrip,
                this.paths,
                this.maxSize,
                this.virtualThreads,
                this.clientPerLane,
                lanes,
                calls);
    }

    private Race with(Side side, Paths paths, int maxSize, boolean virtualThreads, boolean clientPerLane) {
        return new Race(
                side,
                this.server,
                this.tls,
                this.idleTimeout,
                this.roundTrip,
                paths,
                maxSize,
                virtualThreads,
                clientPerLane,
                this.lanes,
                this.calls);
    }

    @Override
    public String toString() {
        return String.join(
                " ",
                this.side.name().toLowerCase(),
                this.server.name().toLowerCase(),
                this.tls ? "https" : "http",
                this.idleTimeout.toMillis() + "ms",
                "rtt=" + this.roundTrip.toMillis(),
                this.paths.name().toLowerCase(),
                "max=" + ((this.maxSize == 0) ? "default" : this.maxSize),
                this.virtualThreads ? "virtual" : "platform",
                this.clientPerLane ? "client/lane" : "one-client");
    }
}
