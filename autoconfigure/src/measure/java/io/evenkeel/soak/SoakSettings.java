// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.UnaryOperator;

/**
 * How a soak is run.
 *
 * @param duration of the calls, without the warm-up before and the looking for leftovers behind them
 * @param threads that call
 * @param virtual whether these are virtual threads, where the JVM has them
 * @param seed of all that is random, as far as threads allow
 * @param limit after which a call that has not ended never will
 * @param without names of faults, endings and troubles that are left out
 * @param answersAs makes of the id of a request the one in the body of its answer: the same, but for a test of the soak
 */
record SoakSettings(
        Duration duration,
        int threads,
        boolean virtual,
        long seed,
        Duration limit,
        Set<String> without,
        UnaryOperator<String> answersAs) {

    static SoakSettings of(Duration duration) {
        return new SoakSettings(
                duration,
                32,
                Runtime.version().feature() >= 21,
                System.nanoTime(),
                Duration.ofSeconds(30),
                Set.of(),
                UnaryOperator.identity());
    }

    /** {@return what the system properties say} */
    static SoakSettings ofProperties() {
        SoakSettings defaults = of(Duration.ofSeconds(Integer.getInteger("seconds", 600)));
        return new SoakSettings(
                defaults.duration(),
                Integer.getInteger("threads", defaults.threads()),
                Boolean.parseBoolean(System.getProperty("virtual", String.valueOf(defaults.virtual()))),
                Long.getLong("seed", defaults.seed()),
                Duration.ofSeconds(
                        Integer.getInteger("limit", (int) defaults.limit().toSeconds())),
                Set.of(System.getProperty("without", "").split(",", -1)),
                defaults.answersAs());
    }

    SoakSettings answeringAs(UnaryOperator<String> other) {
        return new SoakSettings(this.duration, this.threads, this.virtual, this.seed, this.limit, this.without, other);
    }

    /** {@return makes the threads of callers} */
    ThreadFactory threadFactory() {
        if (this.virtual && Runtime.version().feature() >= 21) {
            try {
                Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
                return (ThreadFactory) Class.forName("java.lang.Thread$Builder")
                        .getMethod("factory")
                        .invoke(builder);
            } catch (ReflectiveOperationException ex) {
                throw new IllegalStateException("No virtual threads", ex);
            }
        }
        return task -> {
            Thread thread = new Thread(task, "soak-caller");
            thread.setDaemon(true);
            return thread;
        };
    }

    @Override
    public String toString() {
        return "Java %s, %d s, %d %s threads, seed %d"
                .formatted(
                        Runtime.version().feature(),
                        this.duration.toSeconds(),
                        this.threads,
                        this.virtual ? "virtual" : "platform",
                        this.seed);
    }
}
