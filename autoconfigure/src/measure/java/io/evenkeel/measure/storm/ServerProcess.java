// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link StormServer} in a JVM of its own. */
final class ServerProcess implements AutoCloseable {

    private final Process process;
    private final BufferedReader answers;
    private final PrintStream commands;
    private final int port;

    ServerProcess(Script script) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StormServer.class.getName()));
        command.addAll(script.toArguments());
        this.process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        this.answers = this.process.inputReader(StandardCharsets.US_ASCII);
        this.commands = new PrintStream(this.process.getOutputStream(), true, StandardCharsets.US_ASCII);
        this.port = Integer.parseInt(this.answers.readLine());
    }

    String url() {
        return "http://127.0.0.1:" + this.port + "/";
    }

    /** @param millis since 1970 */
    void startAt(long millis) {
        this.commands.println(millis);
    }

    /** {@return of each second: received, worked, wasted, refused} */
    int[][] stop() throws IOException {
        this.commands.println("stop");
        int[][] counted = new int[Tally.SECONDS][];
        for (int second = 0; second < Tally.SECONDS; second++) {
            String[] numbers = this.answers.readLine().split(",");
            counted[second] = new int[numbers.length];
            for (int i = 0; i < numbers.length; i++) {
                counted[second][i] = Integer.parseInt(numbers[i]);
            }
        }
        return counted;
    }

    @Override
    public void close() {
        this.process.destroy();
    }
}
