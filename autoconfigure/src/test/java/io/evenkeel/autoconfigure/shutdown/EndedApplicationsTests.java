// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing of an application that has ended is reachable. */
class EndedApplicationsTests {

    private static final List<String> KINDS = List.of(
            "idle", "calls", "failed-handshakes", "named-clients", "executors", "several-contexts", "failed-start");

    @TempDir
    private Path directory;

    @Test
    void leaveNoClassLoaderBehind() throws Exception {
        Path output = this.directory.resolve("output");
        Process applications = new ProcessBuilder(Stream.concat(
                                Stream.of(
                                        Path.of(System.getProperty("java.home"), "bin", "java")
                                                .toString(),
                                        "-XX:SoftRefLRUPolicyMSPerMB=0",
                                        "-XX:TieredStopAtLevel=1",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        EndedApplications.class.getName()),
                                KINDS.stream())
                        .toList())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            assertThat(applications.waitFor(120, TimeUnit.SECONDS)).isTrue();
        } finally {
            applications.destroyForcibly();
        }

        assertThat(Files.readString(output))
                .contains(KINDS.stream().map(kind -> kind + ": 0 left").toList());
    }
}
