// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Which races there are. */
final class RaceSets {

    private static final List<ServerKind> PUNCTUAL =
            List.of(ServerKind.TOMCAT_HINT, ServerKind.TOMCAT, ServerKind.JETTY, ServerKind.NETTY);

    private static final int[] ROUND_TRIPS_MILLIS = {0, 1, 20, 50};

    private RaceSets() {}

    /** {@return races for each server, scheme and round trip: 20 160 calls} */
    static List<Race> all() {
        List<Race> races = new ArrayList<>();
        for (ServerKind server : PUNCTUAL) {
            for (boolean tls : new boolean[] {false, true}) {
                for (int roundTrip : ROUND_TRIPS_MILLIS) {
                    Race own = Race.of(server, tls, roundTrip);
                    for (Race race : List.of(own, own.shared(), own.shared().maxSize(20))) {
                        // Kinds of threads and of clients take turns, so that each meets each server.
                        int number = races.size() + races.size() / 4;
                        races.add(race.virtual(number % 2 == 0)
                                .clientPerLane(number / 2 % 2 == 0)
                                .load(14, 15));
                    }
                }
            }
        }
        return races;
    }

    /** {@return a thousand calls of all kinds, for the test command} */
    static List<Race> few() {
        return Stream.of(
                        Race.of(ServerKind.TOMCAT, false, 0),
                        Race.of(ServerKind.TOMCAT, true, 20)
                                .shared()
                                .maxSize(20)
                                .virtual(true),
                        Race.of(ServerKind.TOMCAT_HINT, false, 1).shared().maxSize(20),
                        Race.of(ServerKind.TOMCAT_HINT, true, 50).virtual(true),
                        Race.of(ServerKind.JETTY, false, 20).clientPerLane(true),
                        Race.of(ServerKind.JETTY, true, 1).shared().maxSize(20),
                        Race.of(ServerKind.JETTY, false, 50)
                                .shared()
                                .maxSize(20)
                                .virtual(true),
                        Race.of(ServerKind.NETTY, false, 0).shared().maxSize(20).clientPerLane(true),
                        Race.of(ServerKind.NETTY, true, 20),
                        Race.of(ServerKind.NETTY, false, 50).maxSize(20).virtual(true))
                // The longest pauses would take the longest time.
                .map(race -> (race.server() == ServerKind.TOMCAT_HINT && race.paths() == Race.Paths.OWN)
                        ? race.load(20, 5)
                        : race.load(10, 10))
                .toList();
    }

    /** {@return servers that close when nobody can know} */
    static List<Race> erratic() {
        List<Race> races = new ArrayList<>();
        for (ServerKind server : List.of(ServerKind.RANDOM_CLOSES, ServerKind.RESTARTS)) {
            for (int roundTrip : new int[] {1, 20}) {
                for (boolean tls : new boolean[] {false, true}) {
                    Race race = Race.of(server, tls, roundTrip).load(20, 15);
                    races.add(race);
                    races.add(race.shared().maxSize(20));
                }
            }
        }
        return races;
    }

    static List<Race> stock(List<Race> races) {
        return races.stream().map(Race::stock).toList();
    }
}
