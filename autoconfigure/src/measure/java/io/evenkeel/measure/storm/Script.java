// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.util.List;
import java.util.stream.Stream;

/**
 * What a server does in the course of a run, in whole seconds since its start.
 *
 * @param dropsAbandoned whether it looks before it works if the client has gone, and leaves the request then
 * @param sheds whether it answers 503 with {@code Retry-After} when its queue is full; if not, it resets the connection
 * @param troubleFrom when its trouble begins
 * @param troubleUntil when it ends
 * @param failing how many of a hundred answers are 503 meanwhile; {@link #STALLED}: there are none at all
 */
record Script(boolean dropsAbandoned, boolean sheds, int troubleFrom, int troubleUntil, int failing) {

    static final int STALLED = -1;

    static Script stalled(boolean dropsAbandoned, boolean sheds) {
        return new Script(dropsAbandoned, sheds, 5, 15, STALLED);
    }

    static Script failing(int percent) {
        return new Script(false, false, 5, 65, percent);
    }

    static Script parse(List<String> arguments) {
        return new Script(
                Boolean.parseBoolean(arguments.get(0)),
                Boolean.parseBoolean(arguments.get(1)),
                Integer.parseInt(arguments.get(2)),
                Integer.parseInt(arguments.get(3)),
                Integer.parseInt(arguments.get(4)));
    }

    List<String> toArguments() {
        return Stream.of(this.dropsAbandoned, this.sheds, this.troubleFrom, this.troubleUntil, this.failing)
                .map(String::valueOf)
                .toList();
    }

    String title() {
        if (this.failing != STALLED) {
            return this.failing + " % of the answers are 503";
        }
        return (this.sheds ? "503 when full; " : "resets when full; ")
                + (this.dropsAbandoned ? "drops what is abandoned" : "works on what is abandoned");
    }

    boolean isTrouble(int second) {
        return second >= this.troubleFrom && second < this.troubleUntil;
    }
}
