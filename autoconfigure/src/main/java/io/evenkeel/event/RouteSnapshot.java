// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

import java.util.OptionalInt;

/**
 * The connections of one route at one moment. Several routes may share an origin: one direct, one through a proxy.
 *
 * @param route origin without its default port
 * @param active connections in use
 * @param idle connections kept for the next request
 * @param pending callers that wait for a connection
 * @param recommended kept connections that would have been enough lately; empty if nothing is known
 */
public record RouteSnapshot(String route, int active, int idle, int pending, OptionalInt recommended) {

    /** A route of whose past nothing is known. */
    public RouteSnapshot(String route, int active, int idle, int pending) {
        this(route, active, idle, pending, OptionalInt.empty());
    }
}
