// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * The version of this library. It comes from the file that Maven adds to its jar: the manifest belongs to whichever jar or
 * directory the first class of a package is loaded from, such as code generated ahead of time, or to the application if
 * all is one jar.
 */
final class EvenkeelVersion implements RuntimeHintsRegistrar {

    static final String FILE = "META-INF/maven/io.evenkeel/evenkeel-spring-boot-autoconfigure/pom.properties";

    /** {@return such as {@code Evenkeel 1.2.3}, without a number if it runs from somewhere else than its jar} */
    static String name(ClassLoader classLoader) {
        String version = read(classLoader);
        return (version != null) ? "Evenkeel " + version : "Evenkeel";
    }

    private static @Nullable String read(ClassLoader classLoader) {
        try (InputStream file = classLoader.getResourceAsStream(FILE)) {
            if (file == null) {
                return null;
            }
            Properties properties = new Properties();
            properties.load(file);
            return properties.getProperty("version");
        } catch (IOException | IllegalArgumentException ex) {
            // No reason not to start.
            return null;
        }
    }

    @Override
    public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
        hints.resources().registerPattern(FILE);
    }
}
