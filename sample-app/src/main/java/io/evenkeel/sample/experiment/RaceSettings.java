// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** What a race is to be: which server, how often its workers call, and for how long. */
record RaceSettings(ServerKind server, Pace pace, int seconds) {

    RaceSettings {
        Choice.within("seconds", 3, 120, seconds);
    }

    static RaceSettings of(String server, String pace, int seconds) {
        return new RaceSettings(
                Choice.of(ServerKind.class, "server", server), Choice.of(Pace.class, "pace", pace), seconds);
    }

    enum ServerKind {
        TOMCAT,
        JETTY;

        @JsonValue
        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The pause between two calls of a worker, in milliseconds. The servers close after 1000. */
    enum Pace {
        /** Just before the server's time: a request may cross the server's close on the wire. */
        EDGE(990, 1000),
        /** After a Jetty has closed; before or after a Tomcat has, which nobody can know. */
        LATE(1050, 1950);

        private final int shortest;
        private final int longest;

        Pace(int shortest, int longest) {
            this.shortest = shortest;
            this.longest = longest;
        }

        int shortest() {
            return shortest;
        }

        int longest() {
            return longest;
        }

        @JsonValue
        String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
