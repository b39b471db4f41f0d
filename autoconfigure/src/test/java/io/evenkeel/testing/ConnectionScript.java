// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What happens on one connection of a {@link ScriptedServer}. All of it must happen, or
 * {@link ScriptedServer#assertScriptDone} fails. Not for use after the start of the server.
 */
public final class ConnectionScript {

    private final String place;

    private final List<Step> accept = new ArrayList<>();

    private final Map<Integer, RequestScript> requests = new TreeMap<>();

    ConnectionScript(String place) {
        this.place = place;
    }

    /** {@return the script of the request with this index on the connection, from 0} */
    public RequestScript request(int index) {
        return this.requests.computeIfAbsent(index, i -> new RequestScript(this, this.place + ", request " + i));
    }

    /** Adds effects at a moment: of the connection for {@link Moment#ACCEPT}, else of its first request. */
    public ConnectionScript at(Moment moment, Effect... effects) {
        if (moment == Moment.ACCEPT) {
            this.accept.add(new Step(this.place + " at ACCEPT", effects));
        } else {
            request(0).at(moment, effects);
        }
        return this;
    }

    List<Step> accept() {
        return this.accept;
    }

    @Nullable
    RequestScript scriptOf(int request) {
        return this.requests.get(request);
    }

    /** {@return what did not happen} */
    List<String> missing() {
        List<String> missing = new ArrayList<>();
        this.accept.stream().filter(step -> !step.reached()).map(Step::toString).forEach(missing::add);
        this.requests.values().forEach(request -> missing.addAll(request.missing()));
        return missing;
    }
}
