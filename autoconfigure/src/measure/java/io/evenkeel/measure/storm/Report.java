// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;

/** Runs as rows of tables in Markdown, and as a file with all seconds. */
final class Report {

    private Report() {}

    static String storms(List<Run> runs) {
        StringBuilder rows = new StringBuilder("""
            | server | retries | back at 97 % after | succeeded in the last 5 s | peak in the first 3 s | peak after that | work for nobody | calls that failed |
            |---|---|---|---|---|---|---|---|
            """);
        for (Run run : runs) {
            rows.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %s | %.1f %% | %.2f | %.2f | %d | %d |%n",
                    run.script().title(),
                    run.policy().title(),
                    backAfter(run),
                    100 * run.successAtEnd(),
                    run.firstPeak(),
                    run.peak(),
                    run.wastedInAll(),
                    run.failed()));
        }
        return rows.toString();
    }

    private static String backAfter(Run run) {
        OptionalInt untilGood = run.untilGood();
        return untilGood.isPresent()
                ? untilGood.getAsInt() + " s"
                : "not within " + (run.length() - run.script().troubleUntil()) + " s";
    }

    static String partialFailures(List<Run> runs) {
        StringBuilder rows = new StringBuilder("""
            | server, for a minute | retries | calls that succeeded | load | load behind the first 3 s | refused by budgets | budgets at the end, 2, 5, 10 s later |
            |---|---|---|---|---|---|---|
            """);
        for (Run run : runs) {
            int end = run.script().troubleUntil() - 1;
            rows.append(String.format(
                    Locale.ROOT,
                    "| %s | %s | %.3f %% | %.3f | %.3f | %d | %.0f %%, %.0f %%, %.0f %%, %.0f %% |%n",
                    run.script().title(),
                    run.policy().title(),
                    100 * run.successInTrouble(),
                    run.load(),
                    run.loadBehindBurst(),
                    run.denied(),
                    100 * run.budget()[end],
                    100 * run.budget()[end + 2],
                    100 * run.budget()[end + 5],
                    100 * run.budget()[end + 10]));
        }
        return rows.toString();
    }

    static void write(List<Run> runs, Path file) throws IOException {
        StringBuilder lines =
                new StringBuilder("server,retries,second,due,succeeded,received,worked,wasted,refused,budget\n");
        for (Run run : runs) {
            for (int second = 0; second < run.length(); second++) {
                lines.append(String.format(
                        Locale.ROOT,
                        "\"%s\",\"%s\",%d,%d,%d,%d,%d,%d,%d,%.3f%n",
                        run.script().title(),
                        run.policy().title(),
                        second,
                        run.due()[second],
                        run.succeeded()[second],
                        run.received()[second],
                        run.worked()[second],
                        run.wasted()[second],
                        run.refused()[second],
                        run.budget()[second]));
            }
        }
        Files.writeString(file, lines);
    }
}
