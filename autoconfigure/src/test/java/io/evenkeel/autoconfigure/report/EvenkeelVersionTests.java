// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;

class EvenkeelVersionTests {

    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "version=1.2.3,                Evenkeel 1.2.3",
        "version=0.1.0-SNAPSHOT,       Evenkeel 0.1.0-SNAPSHOT",
        "groupId=io.evenkeel,          Evenkeel",
        "'',                           Evenkeel",
        "version=\\u00,                Evenkeel"
    })
    void isThatOfTheFileInTheJar(String content, String name) throws IOException {
        Path file = this.directory.resolve(EvenkeelVersion.FILE);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);

        assertThat(nameIn(this.directory)).isEqualTo(name);
    }

    @Test
    void isLeftOutWithoutOne() throws IOException {
        assertThat(nameIn(this.directory)).isEqualTo("Evenkeel");
    }

    @Test
    void isThereInANativeImage() {
        RuntimeHints hints = new RuntimeHints();

        new EvenkeelVersion().registerHints(hints, getClass().getClassLoader());

        assertThat(RuntimeHintsPredicates.resource().forResource(EvenkeelVersion.FILE))
                .accepts(hints);
    }

    private static String nameIn(Path root) throws IOException {
        try (URLClassLoader jar = new URLClassLoader(new URL[] {root.toUri().toURL()}, null)) {
            return EvenkeelVersion.name(jar);
        }
    }
}
