// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Arrays;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The end of an executor whose tasks were interrupted.
 *
 * @param executor the name of the bean
 * @param done tasks that ended since the context began to close, before the interruption
 * @param interrupted tasks that were running when they were interrupted
 * @param stillRunning those of them that went on nevertheless
 * @param neverStarted tasks that were accepted and have not been started
 * @param longest what is known of the task that had been running for longest, a clause, or {@code null}
 */
record Interruption(
        String executor,
        long done,
        long interrupted,
        long stillRunning,
        long neverStarted,
        @Nullable String longest) {

    /**
     * Compares the last look before the interruption with the one some time after it.
     *
     * @param done tasks that ended since the context began to close
     */
    static Interruption of(String executor, long done, Load before, Load after, @Nullable String longest) {
        long started = after.finished() + after.running() - before.finished();
        long outstanding = before.running() + before.waiting();
        return new Interruption(executor, done, started, after.running(), Math.max(0, outstanding - started), longest);
    }

    /** {@return such as {@code has been running for 31.2s (thread mail-1, in com.example.Report.render)}} */
    static String describe(RunningTask task, long now) {
        Duration age = Duration.ofNanos(now - task.startedAt());
        Thread thread = task.thread();
        if (thread == null) {
            return "has been running for at least " + Seconds.of(age);
        }
        return "has been running for %s (thread %s%s)".formatted(Seconds.of(age), thread.getName(), place(thread));
    }

    /** Code that tasks wait in, rather than code of the application. */
    private static final Pattern NOT_OF_THE_APPLICATION = Pattern.compile(
            "(java|jdk|javax|jakarta|sun|com\\.sun"
                    + "|org\\.springframework|org\\.apache\\.(hc|catalina|tomcat|coyote)|io\\.evenkeel\\.(transport|client|policy))\\..*");

    /** Where it is, in code of the application if there is any on the stack. */
    private static String place(Thread thread) {
        StackTraceElement[] stack = thread.getStackTrace();
        return Arrays.stream(stack)
                .filter(frame ->
                        !NOT_OF_THE_APPLICATION.matcher(frame.getClassName()).matches())
                .findFirst()
                .or(() -> Arrays.stream(stack).findFirst())
                .map(frame -> ", in %s.%s".formatted(frame.getClassName(), frame.getMethodName()))
                .orElse("");
    }

    /** {@return what would have helped} */
    String remedy() {
        return (this.neverStarted > 0)
                ? "Raise evenkeel.shutdown.timeout or the number of its threads, or see why its tasks take so long."
                : "Raise evenkeel.shutdown.timeout, or see why its tasks take so long.";
    }

    @Override
    public String toString() {
        return "executor '%s': %d tasks done, %d interrupted%s, %d never started%s"
                .formatted(
                        this.executor,
                        this.done,
                        this.interrupted,
                        (this.stillRunning > 0) ? " (%d of them still running)".formatted(this.stillRunning) : "",
                        this.neverStarted,
                        (this.longest != null) ? "; the longest " + this.longest : "");
    }
}
