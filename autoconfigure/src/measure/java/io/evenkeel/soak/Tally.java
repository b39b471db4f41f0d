// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.util.Comparator;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;

/** How often what ended how. Thread-safe. */
final class Tally {

    private final String head;
    private final Map<String, Map<String, LongAdder>> rows = new ConcurrentHashMap<>();
    private final LongAdder all = new LongAdder();

    Tally(String head) {
        this.head = head;
    }

    void add(String row, String outcome) {
        this.rows
                .computeIfAbsent(row, key -> new ConcurrentHashMap<>())
                .computeIfAbsent(outcome, key -> new LongAdder())
                .increment();
        this.all.increment();
    }

    long all() {
        return this.all.sum();
    }

    long outcomes(String outcome) {
        return this.rows.values().stream()
                .map(row -> row.get(outcome))
                .mapToLong(count -> (count != null) ? count.sum() : 0)
                .sum();
    }

    /** {@return one line for each row, the most frequent outcome first} */
    String table() {
        StringBuilder table = new StringBuilder("%-28s %8s  %s%n".formatted(this.head, "calls", "ended in"));
        new TreeMap<>(this.rows)
                .forEach((row, outcomes) -> table.append("%-28s %8d  %s%n"
                        .formatted(
                                row,
                                outcomes.values().stream()
                                        .mapToLong(LongAdder::sum)
                                        .sum(),
                                outcomes.entrySet().stream()
                                        .sorted(Comparator.comparingLong((Map.Entry<String, LongAdder> each) ->
                                                        -each.getValue().sum())
                                                .thenComparing(Map.Entry::getKey))
                                        .map(each -> each.getKey() + " " + each.getValue())
                                        .collect(Collectors.joining(", ")))));
        return table.toString();
    }
}
