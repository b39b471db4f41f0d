// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Executor;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.ExecutorPool;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Threads;
import io.evenkeel.autoconfigure.properties.ExecutorNames;
import io.evenkeel.autoconfigure.properties.Refusals;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.system.JavaVersion;
import org.springframework.boot.thread.Threading;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * What the keys of an executor may be. Only what is written for it is refused: {@code spring.task.execution} is Spring
 * Boot's affair. What it inherits shows when it is made, since a bean of the application may decide on it.
 */
public final class ExecutorCheck {

    private static final String OF_SPRING_BOOT = "spring.task.execution.";
    private static final String CORE_SIZE = "pool.core-size";
    private static final String MAX_SIZE = "pool.max-size";
    private static final String QUEUE_CAPACITY = "pool.queue-capacity";
    private static final String KEEP_ALIVE = "pool.keep-alive";
    private static final String CORE_TIMEOUT = OF_SPRING_BOOT + "pool.allow-core-thread-timeout";

    private static final int UNBOUNDED = Integer.MAX_VALUE;
    private static final int MOST_PLATFORM_THREADS = 10_000;
    private static final int LONGEST_QUEUE = 10_000_000;
    private static final Duration LONGEST_KEEP_ALIVE = Duration.ofHours(24);

    private final String name;
    private final Executor settings;
    private final Environment environment;
    private final Refusals refusals;

    public ExecutorCheck(String name, Executor settings, Environment environment, Refusals refusals) {
        this.name = name;
        this.settings = settings;
        this.environment = environment;
        this.refusals = refusals;
    }

    /** Judges what is written. */
    public void check() {
        ExecutorPool pool = this.settings.pool();
        this.refusals.check(
                this::checkThreads,
                () -> check(pool.queueCapacity(), this::checkQueueCapacity),
                () -> check(pool.coreSize(), this::checkCoreSize),
                () -> check(pool.maxSize(), this::checkMaxSize),
                () -> check(pool.keepAlive(), this::checkKeepAlive),
                () -> check(this.settings.threadNamePrefix(), this::checkThreadNamePrefix));
        checkTogether(pool.coreSize(), pool.maxSize(), pool.queueCapacity());
    }

    /** Judges what is written together with what the executor inherits. */
    public void check(ThreadPoolTaskExecutor executor) {
        checkTogether(executor.getCorePoolSize(), executor.getMaxPoolSize(), executor.getQueueCapacity());
    }

    private static <T> void check(@Nullable T written, Consumer<T> check) {
        if (written != null) {
            check.accept(written);
        }
    }

    private void checkTogether(@Nullable Integer coreSize, @Nullable Integer maxSize, @Nullable Integer capacity) {
        if (coreSize != null && capacity != null) {
            checkTogether(() -> checkQueueHasThreads(coreSize, capacity), CORE_SIZE, QUEUE_CAPACITY);
        }
        if (coreSize != null && maxSize != null) {
            checkTogether(() -> checkOrder(coreSize, maxSize), CORE_SIZE, MAX_SIZE);
        }
        if (coreSize != null && maxSize != null && capacity != null) {
            checkTogether(() -> checkGrowth(coreSize, maxSize, capacity), CORE_SIZE, MAX_SIZE, QUEUE_CAPACITY);
        }
    }

    private void checkTogether(Runnable check, String... keys) {
        this.refusals.checkTogether(Stream.of(keys).map(this::key).toList(), check);
    }

    private void checkThreads() {
        JavaVersion java = JavaVersion.getJavaVersion();
        setting("threads", "virtual")
                .refuseIf(
                        this.settings.threads() == Threads.VIRTUAL && java.isOlderThan(JavaVersion.TWENTY_ONE),
                        "this is Java %s, and virtual threads need Java 21 or newer".formatted(java),
                        "Run on Java 21 or newer; or write 'auto', and 'spring.threads.virtual.enabled: true' for"
                                + " virtual threads wherever there are any.");
    }

    private void checkQueueCapacity(int capacity) {
        setting(QUEUE_CAPACITY, capacity)
                .atLeast(
                        0,
                        "a number of tasks cannot be negative, and it does not mean 'unbounded'",
                        "Write 0 for no queue, or %d for one without a bound.".formatted(UNBOUNDED))
                .refuseIf(
                        capacity > LONGEST_QUEUE && capacity != UNBOUNDED,
                        "the memory would be full before such a queue",
                        "Write at most %d, or %d for a queue without a bound.".formatted(LONGEST_QUEUE, UNBOUNDED));
    }

    private void checkCoreSize(int size) {
        setting(CORE_SIZE, size).atLeast(0, "a number of threads cannot be negative", "Write at least 1.");
        checkPlatformThreads(CORE_SIZE, size);
    }

    private void checkQueueHasThreads(int coreSize, int capacity) {
        setting(CORE_SIZE, coreSize)
                .refuseIf(
                        coreSize == 0 && capacity > 0 && this.settings.pool().coreSize() != null,
                        "one thread works on the queue nevertheless",
                        "Write 1, or '%s: 0' too for a pool without a queue.".formatted(key(QUEUE_CAPACITY)));
    }

    private void checkMaxSize(int size) {
        setting(MAX_SIZE, size).atLeast(1, "no task could ever run", "Write at least 1.");
        checkPlatformThreads(MAX_SIZE, size);
    }

    private void checkPlatformThreads(String key, int size) {
        setting(key, size)
                .refuseIf(
                        size > MOST_PLATFORM_THREADS && !virtual(),
                        "the process would run out of memory before it has so many platform threads",
                        "Write at most %d, or '%s: virtual' on Java 21 or newer."
                                .formatted(MOST_PLATFORM_THREADS, key("threads")));
    }

    private boolean virtual() {
        return this.settings.threads() == Threads.VIRTUAL
                || (this.settings.threads() == Threads.AUTO && Threading.VIRTUAL.isActive(this.environment));
    }

    private void checkOrder(int coreSize, int maxSize) {
        boolean maxSizeWritten = this.settings.pool().maxSize() != null;
        setting(MAX_SIZE, maxSize)
                .refuseIf(
                        maxSize < coreSize && maxSizeWritten,
                        "'%s' is higher (%d)".formatted(originOfCoreSize(), coreSize),
                        "Write at least %d, or '%s: %d'.".formatted(coreSize, key(CORE_SIZE), maxSize));
        setting(CORE_SIZE, coreSize)
                .refuseIf(
                        maxSize < coreSize && this.settings.pool().coreSize() != null,
                        "'%s' is lower (%d)".formatted(OF_SPRING_BOOT + MAX_SIZE, maxSize),
                        "Write at most %d, or '%s: %d' too.".formatted(maxSize, key(MAX_SIZE), coreSize));
    }

    private void checkGrowth(int coreSize, int maxSize, int capacity) {
        Integer written = this.settings.pool().maxSize();
        setting(MAX_SIZE, maxSize)
                .refuseIf(
                        capacity == UNBOUNDED && written != null && written > coreSize,
                        "there are never more than the %d threads of '%s', because the queue has no bound and so is never full"
                                .formatted(coreSize, originOfCoreSize()),
                        "Remove it, raise '%s', or give the queue a bound with '%s'."
                                .formatted(key(CORE_SIZE), key(QUEUE_CAPACITY)));
        Integer bound = this.settings.pool().queueCapacity();
        setting(QUEUE_CAPACITY, capacity)
                .refuseIf(
                        bound != null && bound != UNBOUNDED && maxSize > MOST_PLATFORM_THREADS && !virtual(),
                        "without '%s' a full queue starts platform threads without limit".formatted(key(MAX_SIZE)),
                        "Write '%s' too; with %d the pool never grows."
                                .formatted(key(MAX_SIZE), Math.max(1, coreSize)));
    }

    private void checkKeepAlive(Duration keepAlive) {
        long seconds = Math.max(1, keepAlive.toSeconds());
        setting(KEEP_ALIVE, keepAlive)
                .atLeast(Duration.ZERO, "a duration cannot be negative", "Write at least 1s.")
                .refuseIf(
                        keepAlive.isZero() && this.environment.getProperty(CORE_TIMEOUT, Boolean.class, true),
                        "threads up to '%s' end after that time too, which cannot be 0 for them"
                                .formatted(originOfCoreSize()),
                        "Write at least 1s, or '%s: false' too, so that these stay.".formatted(CORE_TIMEOUT))
                .refuseIf(
                        keepAlive.toNanosPart() != 0,
                        "an executor counts whole seconds",
                        "Write %ds or %ds.".formatted(seconds, seconds + 1))
                .atMost(LONGEST_KEEP_ALIVE, "no thread waits for its next task for that long");
    }

    private void checkThreadNamePrefix(String prefix) {
        setting("thread-name-prefix", "'" + prefix + "'")
                .refuseIf(
                        prefix.isBlank(),
                        "nobody could tell whose threads they are",
                        "Write a name, or leave it out for the default of '%s-'.".formatted(this.name));
    }

    private String originOfCoreSize() {
        return (this.settings.pool().coreSize() != null) ? key(CORE_SIZE) : OF_SPRING_BOOT + CORE_SIZE;
    }

    private String key(String key) {
        return ExecutorNames.PREFIX + "." + this.name + "." + key;
    }

    private <T extends Comparable<T>> Setting<T> setting(String key, T value) {
        return new Setting<>(key(key), value);
    }
}
