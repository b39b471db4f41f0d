// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import io.evenkeel.race.QuietLogs;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * Stalls a server for ten seconds under each policy, and has it fail for a minute; prints tables, and writes all seconds to {@code
 * storms.csv} and a plot to {@code storms.svg}.
 *
 * <p>System properties: {@code directory} of the files (the current one); {@code only} with a part of the policy's name, or of what
 * the server does; {@code scenario}: {@code stall} or {@code failure}, both if unset.
 */
public final class Storm {

    private static final String ONLY = System.getProperty("only", "");
    private static final String SCENARIO = System.getProperty("scenario", "");

    /** Nothing has come back after a minute that is not back by then. */
    private static final int LONGEST_STORM = 76;

    private static final int WARM_UP = 5;

    /** Seconds that a run goes on once calls succeed. */
    private static final int AFTERWARDS = 5;

    private Storm() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        List<Run> storms = new ArrayList<>();
        List<Run> failures = new ArrayList<>();
        ExecutorService threads = threads();
        try (QuietLogs quiet = new QuietLogs()) {
            warmUp(threads);
            if (!SCENARIO.equals("failure")) {
                for (Script script : List.of(
                        Script.stalled(false, false), Script.stalled(true, false), Script.stalled(false, true))) {
                    for (Policy policy : Policy.values()) {
                        run(policy, script, LONGEST_STORM, AFTERWARDS, threads, storms);
                    }
                }
            }
            if (!SCENARIO.equals("stall")) {
                // A breaker opens when half of the attempts fail, so only the last ones can have to do with it.
                fail(5, Policy.EVENKEEL, threads, failures);
                fail(10, Policy.EVENKEEL, threads, failures);
                fail(100, Policy.EVENKEEL, threads, failures);
                fail(100, Policy.EVENKEEL_WITHOUT_BREAKER, threads, failures);
            }
        } finally {
            threads.shutdown();
        }
        System.out.println(Report.storms(storms));
        System.out.println(Report.partialFailures(failures));
        Path directory = Files.createDirectories(Path.of(System.getProperty("directory", ".")));
        Report.write(Stream.concat(storms.stream(), failures.stream()).toList(), directory.resolve("storms.csv"));
        Files.writeString(directory.resolve("storms.svg"), Plot.of(storms));
    }

    /** Code is compiled before anything counts. */
    private static void warmUp(ExecutorService threads) throws IOException, InterruptedException {
        try (Fleet fleet = new Fleet(Policy.NONE, Script.failing(0), threads)) {
            fleet.run(WARM_UP, 0);
        }
    }

    private static void fail(int percent, Policy policy, ExecutorService threads, List<Run> runs)
            throws IOException, InterruptedException {
        Script script = Script.failing(percent);
        run(policy, script, script.troubleUntil() + 10, 10, threads, runs);
    }

    private static void run(
            Policy policy, Script script, int most, int afterwards, ExecutorService threads, List<Run> runs)
            throws IOException, InterruptedException {
        if (!policy.title().contains(ONLY) && !script.title().contains(ONLY)) {
            return;
        }
        try (Fleet fleet = new Fleet(policy, script, threads)) {
            Run run = fleet.run(most, afterwards);
            runs.add(run);
            System.out.printf(
                    "%s; %s: %d s, back after %s s, failed %d, late %d, retries %d, replays %d, refused by budgets %d, machine's load %.1f%n",
                    script.title(),
                    policy.title(),
                    run.length(),
                    run.untilGood().isPresent() ? run.untilGood().getAsInt() : "-",
                    run.failed(),
                    run.late(),
                    run.retries(),
                    run.replays(),
                    run.denied(),
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        }
    }

    /** Virtual ones, where there are any. */
    private static ExecutorService threads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (ReflectiveOperationException ex) {
            return Executors.newCachedThreadPool();
        }
    }
}
