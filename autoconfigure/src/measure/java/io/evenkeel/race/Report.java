// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Results as tables for people and as lines for machines. */
final class Report {

    private static final String HEAD = "%-78s %6s %5s %5s %5s %5s %6s %6s %7s %7s %7s %8s %6s  %s%n";

    private final List<RaceResult> results;

    Report(List<RaceResult> results) {
        this.results = List.copyOf(results);
    }

    /** {@return one line for each attempt at each race, then the sums} */
    String table() {
        StringBuilder table = new StringBuilder(HEAD.formatted(
                "race", "calls", "GET", "PUT", "POST", "KEYED", "stall", "twice", "replays", "reused", "opened",
                "oracle", "took", "closed"));
        this.results.forEach(result -> table.append(line(result)));
        return table.append(sums()).append(causes()).toString();
    }

    private static String line(RaceResult result) {
        Cell total = result.total();
        return HEAD.formatted(
                result.race() + ((result.attempt() > 1) ? " #" + result.attempt() : ""),
                result.calls(),
                result.failed(Method.GET),
                result.failed(Method.PUT),
                result.failed(Method.POST),
                result.failed(Method.KEYED_POST),
                result.stalled(),
                result.postsTwice() + "/" + result.keyedTwice(),
                (result.replays() < 0) ? "-" : result.replays(),
                percent(total.calls() - total.opened(), total.calls()),
                percent(total.opened(), total.calls()),
                percent(total.oracle(), total.calls()),
                result.took().toSeconds() + "s",
                result.closed().isEmpty() ? "" : result.closed());
    }

    private String sums() {
        Map<Race.Side, Map<Method, Map<Gap.Kind, Cell>>> sides = new EnumMap<>(Race.Side.class);
        for (RaceResult result : this.results) {
            var methods = sides.computeIfAbsent(result.race().side(), side -> new EnumMap<>(Method.class));
            result.cells()
                    .forEach((method, byGap) -> byGap.forEach(
                            (gap, cell) -> methods.computeIfAbsent(method, key -> new EnumMap<>(Gap.Kind.class))
                                    .merge(gap, cell, Cell::plus)));
        }
        StringBuilder sums = new StringBuilder();
        String row = "%n%-9s %-11s %-7s %7s %7s %8s %8s %7s";
        sums.append(row.formatted("side", "method", "gap", "calls", "failed", "opened", "oracle", "ratio"));
        sides.forEach((side, methods) ->
                methods.forEach((method, byGap) -> byGap.forEach((gap, cell) -> sums.append(row.formatted(
                        side,
                        method,
                        gap,
                        cell.calls(),
                        cell.failed(),
                        percent(cell.opened(), cell.calls()),
                        percent(cell.oracle(), cell.calls()),
                        (cell.oracle() == 0) ? "-" : "%.2f".formatted(cell.opened() / (double) cell.oracle()))))));
        return sums.append(System.lineSeparator()).toString();
    }

    private String causes() {
        return this.results.stream()
                .filter(result -> !result.causes().isEmpty())
                .map(result -> result.race()
                        + System.lineSeparator()
                        + result.causes().entrySet().stream()
                                .map(cause -> "    " + cause.getValue() + " x " + cause.getKey())
                                .collect(Collectors.joining(System.lineSeparator())))
                .collect(Collectors.joining(System.lineSeparator()));
    }

    /** {@return lines of comma-separated values, the first of which are the names} */
    List<String> csv() {
        List<String> lines = new ArrayList<>();
        lines.add("side,server,tls,idle_timeout_ms,rtt_ms,paths,max_size,threads,clients,lanes,attempt,calls,"
                + "failed_get,failed_put,failed_post,failed_keyed_post,stalled,longest_stall_ms,posts_twice,keyed_twice,"
                + "replays,connections,opened,oracle,took_ms");
        this.results.forEach(result -> lines.add(csv(result)));
        return lines;
    }

    private static String csv(RaceResult result) {
        Race race = result.race();
        List<Object> values = List.of(
                race.side(),
                race.server(),
                race.tls(),
                race.idleTimeout().toMillis(),
                race.roundTrip().toMillis(),
                race.paths(),
                race.maxSize(),
                race.virtualThreads() ? "virtual" : "platform",
                race.clientPerLane() ? "per-lane" : "one",
                race.lanes(),
                result.attempt(),
                result.calls(),
                result.failed(Method.GET),
                result.failed(Method.PUT),
                result.failed(Method.POST),
                result.failed(Method.KEYED_POST),
                result.stalled(),
                result.longestStall().toMillis(),
                result.postsTwice(),
                result.keyedTwice(),
                result.replays(),
                result.connections(),
                result.total().opened(),
                result.total().oracle(),
                result.took().toMillis());
        return values.stream()
                .map(String::valueOf)
                .collect(Collectors.joining(","))
                .toLowerCase(Locale.ROOT);
    }

    private static String percent(int part, int whole) {
        return (whole == 0) ? "-" : "%.1f%%".formatted(100.0 * part / whole);
    }
}
