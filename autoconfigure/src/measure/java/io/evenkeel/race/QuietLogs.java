// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.logging.LogLevel;
import org.springframework.boot.logging.LoggingSystem;

/** Keeps libraries from logging each call while something is measured. */
public final class QuietLogs implements AutoCloseable {

    private static final List<String> LOGGERS = List.of("org", "io", "reactor", "jdk", "sun");

    private final LoggingSystem logging = LoggingSystem.get(QuietLogs.class.getClassLoader());
    // Tomcat's. They are forgotten with their levels if nobody holds them.
    private final Logger tomcat = Logger.getLogger("org.apache");

    /** Silences everything below WARN until this is closed. */
    public QuietLogs() {
        set(LogLevel.WARN, Level.WARNING);
    }

    private void set(@Nullable LogLevel level, @Nullable Level tomcatLevel) {
        LOGGERS.forEach(logger -> this.logging.setLogLevel(logger, level));
        this.tomcat.setLevel(tomcatLevel);
    }

    @Override
    public void close() {
        set(null, null);
    }
}
