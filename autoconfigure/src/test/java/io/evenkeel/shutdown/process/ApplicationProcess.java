// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A {@link DrainedApplication} that runs. Closing it leaves no process behind. */
final class ApplicationProcess implements AutoCloseable {

    private static final long LOOK_MILLIS = 10;

    private final Path journal;
    private final Path log;
    private final Process process;
    private final long deadline;
    private final List<InFlight> requests = new ArrayList<>();

    /**
     * Starts it.
     *
     * @param options for the JVM, up to the jar
     * @param properties of the application
     * @param directory for its files
     * @param limit time in which all that is waited for has to happen
     */
    ApplicationProcess(List<String> options, List<String> properties, Path directory, Duration limit) {
        this.journal = directory.resolve("journal");
        this.log = directory.resolve("log");
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(options);
        command.add("--journal=" + this.journal);
        properties.forEach(property -> command.add("--" + property));
        try {
            this.process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(this.log.toFile())
                    .start();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        this.deadline = System.nanoTime() + limit.toNanos();
    }

    /** Waits until the journal tells of so many of these events. */
    void await(Event event, int count) throws InterruptedException {
        while (journal().stream().filter(entry -> entry.event() == event).count() < count) {
            if (this.process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS) || System.nanoTime() - this.deadline > 0) {
                throw new IllegalStateException("No %d x %s. Alive: %s, journal: %s, log:%n%s"
                        .formatted(count, event, this.process.isAlive(), journal(), log(0)));
            }
        }
    }

    void request(Work work) {
        try {
            this.requests.add(InFlight.send(port(), work));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** Makes requests until one is refused. {@return whether the process still runs then} */
    boolean awaitRefusal() throws InterruptedException {
        do {
            try {
                this.requests.add(InFlight.send(port(), Work.of(Work.Kind.WAIT, 0)));
            } catch (ConnectException ex) {
                return this.process.isAlive();
            } catch (IOException ex) {
                // Closed before the request was written: the server is about to stop.
            }
        } while (!this.process.waitFor(LOOK_MILLIS, TimeUnit.MILLISECONDS));
        return false;
    }

    /** Sends SIGTERM. */
    void terminate() {
        this.process.toHandle().destroy();
    }

    /** {@return the exit code} */
    int awaitExit() throws InterruptedException {
        if (!this.process.waitFor(this.deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw new IllegalStateException("It does not end. Journal: " + journal() + ", log:\n" + log(0));
        }
        return this.process.exitValue();
    }

    List<String> answers() {
        return this.requests.stream().map(InFlight::answer).toList();
    }

    List<Journal.Entry> journal() {
        return Journal.read(this.journal);
    }

    /** {@return the log from there on} */
    String log(int from) {
        try {
            return Files.readString(this.log, StandardCharsets.UTF_8).substring(from);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private int port() {
        return journal().stream()
                .filter(entry -> entry.event() == Event.READY)
                .mapToInt(entry -> Integer.parseInt(entry.detail()))
                .findFirst()
                .orElseThrow();
    }

    @Override
    public void close() {
        this.process.destroyForcibly().onExit().join();
        this.requests.forEach(InFlight::close);
    }
}
