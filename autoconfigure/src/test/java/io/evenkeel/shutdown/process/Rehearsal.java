// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** Runs scripts, several at a time, each in a process of its own. Thread-safe. */
final class Rehearsal implements AutoCloseable {

    /** The start is most of what such a process costs. */
    private static final List<String> FOR_A_SHORT_LIFE =
            List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx128m", "-Xlog:disable");

    private static final List<String> COMMON = List.of(
            "spring.main.banner-mode=off",
            "spring.main.log-startup-info=false",
            "logging.pattern.console=%p %c : %m%n%ex");

    private final Path directory;
    private final Duration limit;
    private final ExecutorService threads;
    private final UpstreamServer upstream = new UpstreamServer();
    private final Map<Server, List<String>> options = new EnumMap<>(Server.class);
    private final AtomicInteger number = new AtomicInteger();

    /**
     * @param directory for the files of the processes
     * @param together how many of them run at the same time
     * @param limit longest life of one
     */
    Rehearsal(Path directory, int together, Duration limit) {
        this.directory = directory;
        this.limit = limit;
        this.threads = Executors.newFixedThreadPool(together);
        List<String> tomcat = prepare(Server.TOMCAT);
        this.options.put(Server.TOMCAT, tomcat);
        this.options.put(Server.NONE, tomcat);
        this.options.put(Server.JETTY, prepare(Server.JETTY));
    }

    /** Packs the application, and lets the JVM keep its classes as they are after loading, which spares a third. */
    private List<String> prepare(Server server) {
        Path jar = this.directory.resolve(server + ".jar");
        Path archive = this.directory.resolve(server + ".jsa");
        ApplicationJar.create(jar, server);
        Script warmUp = Script.server(server).with("exit-at-end=true").signals(0);
        run(options("-XX:ArchiveClassesAtExit=" + archive, jar), warmUp, false);
        return options("-XX:SharedArchiveFile=" + archive, jar);
    }

    private static List<String> options(String archive, Path jar) {
        List<String> options = new ArrayList<>(FOR_A_SHORT_LIFE);
        options.addAll(List.of(archive, "-jar", jar.toString()));
        return options;
    }

    /** Begins to run this script so many times, with Evenkeel or without. */
    List<Future<Outcome>> begin(Script script, boolean evenkeel, int times) {
        return Stream.generate(
                        () -> this.threads.submit(() -> run(this.options.get(script.server()), script, evenkeel)))
                .limit(times)
                .toList();
    }

    /** Waits for these runs. */
    static List<Outcome> join(List<Future<Outcome>> runs) throws InterruptedException {
        List<Outcome> outcomes = new ArrayList<>();
        for (Future<Outcome> run : runs) {
            try {
                outcomes.add(run.get());
            } catch (ExecutionException ex) {
                throw new IllegalStateException(ex.getCause());
            }
        }
        return outcomes;
    }

    private Outcome run(List<String> options, Script script, boolean evenkeel) {
        String path = "/" + this.number.incrementAndGet();
        List<String> properties = new ArrayList<>(COMMON);
        properties.addAll(script.properties());
        properties.add("evenkeel.enabled=" + evenkeel);
        properties.add("upstream=" + this.upstream.url(path));
        properties.add("work=" + Work.format(script.works()));
        try {
            Path files = Files.createDirectories(this.directory.resolve("run" + path));
            try (ApplicationProcess process = new ApplicationProcess(options, properties, files, this.limit)) {
                return play(script, process, path);
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(ex);
        }
    }

    private Outcome play(Script script, ApplicationProcess process, String path) throws InterruptedException {
        process.await(Event.READY, 1);
        for (int i = 0; i < script.requests(); i++) {
            process.request(script.request());
        }
        process.await(script.event(), script.events());
        int logged = process.log(0).length();
        long from = System.nanoTime();
        for (int signal = 0; signal < script.signals(); signal++) {
            process.terminate();
            process.await(Event.CLOSING, 1);
        }
        boolean refused = script.requests() > 0 && process.awaitRefusal();
        int exitCode = process.awaitExit();
        Duration toExit = Duration.ofNanos(System.nanoTime() - from);
        return new Outcome(
                script,
                exitCode,
                toExit,
                process.journal(),
                process.answers(),
                refused,
                this.upstream.calls(path),
                process.log(logged));
    }

    @Override
    public void close() {
        this.threads.shutdownNow();
        try {
            // Each of them ends its process.
            this.threads.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        this.upstream.close();
    }
}
