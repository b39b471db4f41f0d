// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.util.FileSystemUtils;

/**
 * Ends real processes, with Evenkeel and without, and prints what became of their tasks as a Markdown table. To start it, from
 * the root of the project:
 *
 * <pre>
 * ./mvnw -q -pl autoconfigure test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath
 * java -cp autoconfigure/target/test-classes:autoconfigure/target/classes:$(cat autoconfigure/target/test.classpath) \
 *     io.evenkeel.shutdown.process.ShutdownComparison
 * </pre>
 *
 * <p>System properties: {@code times} says how often each case is run (5), {@code together} how many processes run at
 * the same time (6), {@code sides} which of them ({@code stock,evenkeel}), {@code only} keeps cases whose title or name
 * contains it.
 * On JDK 21 and newer there are cases of virtual threads.
 */
public final class ShutdownComparison {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    /** 50 requests, a task of 5 s each, on 16 threads: 20 s. */
    private static final Script FULL_LENGTH = Script.server(Server.TOMCAT)
            .with("spring.task.execution.pool.core-size=16")
            .requests(50, Work.of(Work.Kind.WAIT, 1).millis(5000))
            .signalAt(Event.ACCEPTED, 50);

    private ShutdownComparison() {}

    /** Runs all cases. */
    public static void main(String[] arguments) throws Exception {
        int times = Integer.getInteger("times", 5);
        List<String> sides =
                List.of(System.getProperty("sides", "stock,evenkeel").split(","));
        Path directory = Files.createTempDirectory("evenkeel-shutdown");
        try (Rehearsal rehearsal = new Rehearsal(directory, Integer.getInteger("together", 6), LIMIT)) {
            Map<String, List<List<Future<Outcome>>>> rows = new LinkedHashMap<>();
            scripts().forEach((title, script) -> {
                int runs = (script == FULL_LENGTH) ? 1 : times;
                rows.put(
                        title,
                        sides.stream()
                                .map(side -> rehearsal.begin(script, side.equals("evenkeel"), runs))
                                .toList());
            });
            print(sides, rows);
        } finally {
            delete(directory);
        }
    }

    private static Map<String, Script> scripts() {
        Map<String, Script> scripts = new LinkedHashMap<>();
        scripts.put("50 requests submit a task of 5 s each, 16 threads", FULL_LENGTH);
        Stream.of(Scenario.values())
                .filter(Scenario::isPossible)
                .forEach(scenario -> scripts.put(scenario + " (" + scenario.name() + ")", scenario.script()));
        scripts.keySet().removeIf(title -> !title.contains(System.getProperty("only", "")));
        return scripts;
    }

    private static void print(List<String> sides, Map<String, List<List<Future<Outcome>>>> rows)
            throws InterruptedException {
        System.out.println("Java " + System.getProperty("java.version"));
        String columns = "accepted | done | interrupted | failed | rejected | lost | seconds to exit | exit code";
        System.out.println("| case | runs | "
                + sides.stream().map(side -> side + ": " + columns).collect(Collectors.joining(" | "))
                + " |");
        System.out.println("|---|---|" + "---|".repeat(8 * sides.size()));
        for (Map.Entry<String, List<List<Future<Outcome>>>> row : rows.entrySet()) {
            StringBuilder line = new StringBuilder("| " + row.getKey() + " | ")
                    .append(row.getValue().get(0).size())
                    .append(" |");
            for (List<Future<Outcome>> side : row.getValue()) {
                line.append(cells(Rehearsal.join(side)));
            }
            System.out.println(line);
        }
    }

    private static String cells(List<Outcome> outcomes) {
        Tally sum = Tally.sum(outcomes.stream().map(Outcome::tally).toList());
        double seconds = outcomes.stream()
                        .mapToLong(outcome -> outcome.toExit().toMillis())
                        .average()
                        .orElseThrow()
                / 1000;
        String exitCodes = outcomes.stream()
                .map(outcome -> String.valueOf(outcome.exitCode()))
                .distinct()
                .collect(Collectors.joining(", "));
        return String.format(
                Locale.ROOT,
                " %d | %d | %d | %d | %d | %d | %.1f | %s |",
                sum.accepted(),
                sum.done(),
                sum.interrupted(),
                sum.failed(),
                sum.rejected(),
                sum.lost(),
                seconds,
                exitCodes);
    }

    private static void delete(Path directory) throws IOException {
        FileSystemUtils.deleteRecursively(directory);
    }
}
