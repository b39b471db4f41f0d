// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs races and prints what came out. To start it, from the root of the project:
 *
 * <pre>
 * ./mvnw -q -pl autoconfigure test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath
 * java -cp autoconfigure/target/test-classes:autoconfigure/target/classes:$(cat autoconfigure/target/test.classpath) \
 *     io.evenkeel.race.RaceRun all erratic
 * </pre>
 *
 * <p>Arguments are sets of races, {@code all} if there is none: {@code all} (20 160 calls), {@code few} (what the tests
 * run), {@code erratic} (restarts and random closes), each also with {@code stock-} in front, for the stock client.
 * System properties: {@code times} multiplies the calls of each lane (1), {@code together} says how many races run at
 * the same time (8), {@code only} keeps races whose description contains it, {@code csv} names a file for the results.
 */
public final class RaceRun {

    private static final String STOCK = "stock-";

    private RaceRun() {}

    /** Runs the sets named by the arguments. */
    public static void main(String[] arguments) throws IOException {
        List<Race> races = new ArrayList<>();
        for (String set : (arguments.length > 0) ? arguments : new String[] {"all"}) {
            races.addAll(races(set));
        }
        String only = System.getProperty("only", "");
        races.removeIf(race -> !race.toString().contains(only));
        int times = Integer.getInteger("times", 1);
        races.replaceAll(race -> race.load(race.lanes(), race.calls() * times));
        try (QuietLogs quiet = new QuietLogs();
                StallWatch stalls = new StallWatch()) {
            Report report = new Report(new RaceRunner(Integer.getInteger("together", 8), stalls).run(races));
            System.out.println("Java " + System.getProperty("java.version") + ", " + races.size() + " races");
            System.out.println(report.table());
            String csv = System.getProperty("csv");
            if (csv != null) {
                Files.write(Path.of(csv), report.csv());
            }
        }
        // Threads of Netty's, which linger.
        System.exit(0);
    }

    private static List<Race> races(String set) {
        if (set.startsWith(STOCK)) {
            return RaceSets.stock(races(set.substring(STOCK.length())));
        }
        return switch (set) {
            case "all" -> RaceSets.all();
            case "few" -> RaceSets.few();
            case "erratic" -> RaceSets.erratic();
            default ->
                throw new IllegalArgumentException(
                        "No set '" + set + "': there are all, few and erratic, and each with " + STOCK + " in front");
        };
    }
}
