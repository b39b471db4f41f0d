// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one request: its answer, and effects at moments or between two bytes. Not for use after the start of
 * the server.
 */
public final class RequestScript {

    private final ConnectionScript connection;

    private final String place;

    private final Map<Moment, List<Step>> moments = new EnumMap<>(Moment.class);

    private final Map<Integer, List<Step>> requestBytes = new TreeMap<>();

    private final Map<Integer, List<Step>> responseBytes = new TreeMap<>();

    private @Nullable Function<Request, Answer> answer;

    private volatile boolean begun;

    RequestScript(ConnectionScript connection, String place) {
        this.connection = connection;
        this.place = place;
    }

    /** Answers this instead of the default. */
    public RequestScript answer(Answer fixed) {
        return answer(request -> fixed);
    }

    /**
     * Answers what is computed from the request when all of it was read. The function may wait for the test; it is
     * interrupted when the server closes. If it throws, the connection ends and {@code assertScriptDone} fails.
     */
    public RequestScript answer(Function<Request, Answer> computed) {
        this.answer = computed;
        return this;
    }

    /** Adds effects at a moment, other than {@link Moment#ACCEPT}. */
    public RequestScript at(Moment moment, Effect... effects) {
        if (moment == Moment.ACCEPT) {
            throw new IllegalArgumentException("ACCEPT belongs to the connection, not to a request: script.at(...)");
        }
        add(this.moments, moment, "at " + moment, effects);
        return this;
    }

    /** Adds effects for when the response is sent: {@link Moment#IDLE}. */
    public RequestScript then(Effect... effects) {
        return at(Moment.IDLE, effects);
    }

    /** Adds effects for when so many bytes of the request are read; 0 is as soon as the first byte has come. */
    public RequestScript afterRequestBytes(int count, Effect... effects) {
        add(this.requestBytes, Math.max(1, count), "after " + count + " bytes of the request", effects);
        return this;
    }

    /** Adds effects for when so many bytes of the response, head included, are written. */
    public RequestScript afterResponseBytes(int count, Effect... effects) {
        add(this.responseBytes, count, "after " + count + " bytes of the response", effects);
        return this;
    }

    /** Cuts the response after so many bytes, head included, and closes the connection. */
    public RequestScript cutAfter(int count) {
        return afterResponseBytes(count, Effect.fin());
    }

    /** {@return the script of another request on the same connection} */
    public RequestScript request(int index) {
        return this.connection.request(index);
    }

    private <K> void add(Map<K, List<Step>> steps, K key, String when, Effect... effects) {
        steps.computeIfAbsent(key, any -> new ArrayList<>()).add(new Step(this.place + " " + when, effects));
    }

    void begin() {
        this.begun = true;
    }

    @Nullable
    Function<Request, Answer> answer() {
        return this.answer;
    }

    List<Step> steps(Moment moment) {
        return this.moments.getOrDefault(moment, List.of());
    }

    List<Step> stepsAfterRequestBytes(int count) {
        return this.requestBytes.isEmpty() ? List.of() : this.requestBytes.getOrDefault(count, List.of());
    }

    /** {@return all steps between the first and the last byte of the response, by their place} */
    Map<Integer, List<Step>> stepsInside(Answer.Rendered response) {
        Map<Integer, List<Step>> steps = new TreeMap<>();
        int half = response.headLength() + (response.length() - response.headLength()) / 2;
        steps.computeIfAbsent(response.headLength(), any -> new ArrayList<>()).addAll(steps(Moment.RESPONSE_HEAD));
        steps.computeIfAbsent(half, any -> new ArrayList<>()).addAll(steps(Moment.RESPONSE_BODY));
        this.responseBytes.forEach((count, added) ->
                steps.computeIfAbsent(count, any -> new ArrayList<>()).addAll(added));
        steps.values().removeIf(List::isEmpty);
        return steps;
    }

    /** {@return what did not happen} */
    List<String> missing() {
        if (!this.begun) {
            return List.of(this.place + " did not come");
        }
        List<Step> all = new ArrayList<>();
        this.requestBytes.values().forEach(all::addAll);
        this.responseBytes.values().forEach(all::addAll);
        this.moments.values().forEach(all::addAll);
        return all.stream().filter(step -> !step.reached()).map(Step::toString).toList();
    }
}
