// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** All that was found, with the first examples of each kind. The first of a kind is printed at once. Thread-safe. */
final class Findings {

    private static final int EXAMPLES = 5;
    private static final int LINES = 16;

    private final Map<Finding, AtomicInteger> counts = new ConcurrentHashMap<>();
    private final Map<Finding, Collection<String>> examples = new ConcurrentHashMap<>();

    void add(Finding finding, String example) {
        int count =
                this.counts.computeIfAbsent(finding, key -> new AtomicInteger()).incrementAndGet();
        if (count <= EXAMPLES) {
            this.examples
                    .computeIfAbsent(finding, key -> new ConcurrentLinkedQueue<>())
                    .add(example);
        }
        if (count == 1) {
            System.err.println("FOUND " + finding + ", " + finding.text() + ": " + example);
        }
    }

    int count(Finding finding) {
        AtomicInteger count = this.counts.get(finding);
        return (count != null) ? count.get() : 0;
    }

    boolean isEmpty() {
        return this.counts.isEmpty();
    }

    @Override
    public String toString() {
        return this.counts.toString();
    }

    /** {@return one line for each kind, most of which should say 0} */
    String table() {
        StringBuilder table = new StringBuilder();
        for (Finding finding : Finding.values()) {
            table.append("%8d  %s%n".formatted(count(finding), finding.text()));
            this.examples
                    .getOrDefault(finding, List.of())
                    .forEach(example -> table.append("          - ")
                            .append(example.lines()
                                    .limit(LINES)
                                    .map(line -> line.replace("\t", "  "))
                                    .collect(Collectors.joining("\n            ")))
                            .append(System.lineSeparator()));
        }
        return table.toString();
    }
}
