// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.SpringApplicationAotProcessor;
import org.springframework.context.aot.AbstractAotProcessor.Settings;

/**
 * The sample application processed ahead of time, as for a native image, and run from the generated code by a JVM of its
 * own.
 */
class AheadOfTimeTests {

    private static final Pattern STARTED = Pattern.compile("Tomcat started on port (\\d+)");

    private static final String CLASS_PATH = System.getProperty("java.class.path");

    @TempDir
    Path directory;

    @Test
    void itRunsFromTheGeneratedCodeAndCallsItsServers() throws Exception {
        Path classes = Files.createDirectory(this.directory.resolve("classes"));
        Path sources = Files.createDirectory(this.directory.resolve("sources"));
        process(sources, classes);
        compile(sources, classes);
        assertThat(Files.readString(hints(classes)))
                .contains("io.evenkeel.autoconfigure.properties.EvenkeelProperties");

        Path log = this.directory.resolve("log");
        Process application = start(classes, log);
        try {
            Browser browser = new Browser(awaitPort(application, log));
            Browser.Answer answer = browser.post("/experiments/tls?clients=3&wait=true");
            assertThat(answer.json().get("status").asString()).isEqualTo("done");
            assertThat(answer.json()
                            .get("result")
                            .get("evenkeel")
                            .get("succeeded")
                            .asInt())
                    .isEqualTo(3);
        } finally {
            application.destroy();
            assertThat(application.waitFor(30, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(Files.readString(log)).contains("Starting AOT-processed SampleApplication", "io.evenkeel");
    }

    private static void process(Path sources, Path classes) {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        Settings settings = Settings.builder()
                .sourceOutput(sources)
                .resourceOutput(classes)
                .classOutput(classes)
                .groupId("io.evenkeel")
                .artifactId("sample")
                .build();
        new SpringApplicationAotProcessor(SampleApplication.class, settings, new String[0]).process();
        Thread.currentThread().setContextClassLoader(before);
    }

    private static void compile(Path sources, Path classes) throws IOException {
        List<String> arguments = new ArrayList<>(List.of(
                "-nowarn", "-proc:none", "-d", classes.toString(), "-cp", classes + File.pathSeparator + CLASS_PATH));
        try (Stream<Path> files = Files.walk(sources)) {
            files.filter(file -> file.toString().endsWith(".java"))
                    .map(Path::toString)
                    .forEach(arguments::add);
        }
        assertThat(ToolProvider.getSystemJavaCompiler().run(null, null, null, arguments.toArray(String[]::new)))
                .isZero();
    }

    private static Path hints(Path classes) {
        return classes.resolve("META-INF/native-image/io.evenkeel/sample/reachability-metadata.json");
    }

    private static Process start(Path classes, Path log) throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-Dspring.aot.enabled=true",
                        "-cp",
                        classes + File.pathSeparator + CLASS_PATH,
                        SampleApplication.class.getName(),
                        "--server.port=0")
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
    }

    private static int awaitPort(Process application, Path log) throws Exception {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (System.nanoTime() - end < 0) {
            Matcher started = STARTED.matcher(Files.readString(log));
            if (started.find()) {
                return Integer.parseInt(started.group(1));
            }
            assertThat(application.isAlive()).as(Files.readString(log)).isTrue();
            Thread.sleep(50);
        }
        throw new AssertionError(Files.readString(log));
    }
}
