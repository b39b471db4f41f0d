// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.time.Duration;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.springframework.core.NestedExceptionUtils;

/**
 * What came out of one race.
 *
 * @param race what was run
 * @param attempt 1 for the first, more if an earlier one had to be repeated because the machine stalled
 * @param calls how many
 * @param failures by method, without those that were stalled
 * @param stalled calls that failed while the machine stood still
 * @param longestStall of the whole race
 * @param postsTwice plain POSTs that the server executed more than once
 * @param keyedTwice the same with an idempotency key
 * @param replays requests that were sent once more, -1 if that cannot be known
 * @param closed why Evenkeel closed connections, and how many, up to the last answer
 * @param connections that brought at least one call to the server
 * @param cells by method and kind of gap
 * @param causes of the failures, with their numbers
 * @param took from the first call to the last answer
 */
record RaceResult(
        Race race,
        int attempt,
        int calls,
        Map<Method, Integer> failures,
        int stalled,
        Duration longestStall,
        int postsTwice,
        int keyedTwice,
        long replays,
        Map<String, Long> closed,
        int connections,
        Map<Method, Map<Gap.Kind, Cell>> cells,
        Map<String, Long> causes,
        Duration took) {

    static RaceResult of(
            Race race,
            int attempt,
            List<Call> calls,
            Ledger ledger,
            StallWatch stalls,
            long replays,
            Map<String, Long> closed) {
        long begin = calls.stream().mapToLong(Call::begin).min().orElse(0);
        long end = calls.stream().mapToLong(Call::end).max().orElse(0);
        Predicate<Call> stalled =
                call -> stalls.longest(call.begin(), call.end()).compareTo(StallWatch.LIMIT) > 0;
        List<Call> failed = calls.stream().filter(Call::failed).toList();
        List<Call> counted = failed.stream().filter(stalled.negate()).toList();
        Map<Method, Integer> failures = new EnumMap<>(Method.class);
        counted.forEach(call -> failures.merge(call.method(), 1, Integer::sum));
        return new RaceResult(
                race,
                attempt,
                calls.size(),
                failures,
                failed.size() - counted.size(),
                stalls.longest(begin, end),
                twice(calls, ledger, Method.POST),
                twice(calls, ledger, Method.KEYED_POST),
                replays,
                closed,
                ledger.connections(),
                cells(race, calls, ledger),
                counted.stream().collect(Collectors.groupingBy(RaceResult::cause, Collectors.counting())),
                Duration.ofNanos(end - begin));
    }

    private static int twice(List<Call> calls, Ledger ledger, Method method) {
        return (int) calls.stream()
                .filter(call -> call.method() == method && ledger.executions(call) > 1)
                .count();
    }

    private static Map<Method, Map<Gap.Kind, Cell>> cells(Race race, List<Call> calls, Ledger ledger) {
        Set<String> opens = new Oracle(race).opens(calls);
        Map<Method, Map<Gap.Kind, Cell>> cells = new EnumMap<>(Method.class);
        for (Call call : calls) {
            Cell cell = new Cell(
                    1, ledger.openedFor(call) ? 1 : 0, opens.contains(call.id()) ? 1 : 0, call.failed() ? 1 : 0);
            cells.computeIfAbsent(call.method(), method -> new EnumMap<>(Gap.Kind.class))
                    .merge(call.gap(), cell, Cell::plus);
        }
        return cells;
    }

    private static String cause(Call call) {
        String cause =
                String.valueOf(NestedExceptionUtils.getMostSpecificCause(Objects.requireNonNull(call.failure())));
        // Lanes differ in their ports only.
        return call.method() + ": " + cause.replaceAll("127\\.0\\.0\\.1:\\d+", "the server");
    }

    /** {@return the result of the last attempt at each race} */
    static Collection<RaceResult> last(List<RaceResult> results) {
        Map<Race, RaceResult> last = new LinkedHashMap<>();
        results.forEach(result -> last.put(result.race(), result));
        return last.values();
    }

    /** {@return failures that the machine is not to blame for} */
    int failed() {
        return this.failures.values().stream().mapToInt(Integer::intValue).sum();
    }

    int failed(Method method) {
        return this.failures.getOrDefault(method, 0);
    }

    Cell total() {
        return this.cells.values().stream()
                .flatMap(byGap -> byGap.values().stream())
                .reduce(Cell.NONE, Cell::plus);
    }
}
