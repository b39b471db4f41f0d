// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Tasks that an application is asked to submit.
 *
 * @param kind what they do
 * @param count how many
 * @param millis how long each of them takes
 * @param executor name of the bean that runs them, or {@link #ASYNC}
 * @param next name of the bean that runs what they submit
 * @param depth how many levels of tasks that submit tasks are below them
 * @param delay milliseconds before they are submitted
 */
record Work(Kind kind, int count, long millis, String executor, String next, int depth, long delay) {

    /** What a task does. */
    enum Kind {

        /** Waits. */
        WAIT,

        /** Calls the upstream server again and again. */
        CALL,

        /** Takes no notice of interrupts, and never ends. */
        IGNORE_INTERRUPTS,

        /** Waits, and submits itself again, for ever. */
        REPEAT,

        /** Waits, and ends the JVM with exit code 3. */
        EXIT,

        /** Waits, and throws. */
        THROW
    }

    /** Spring Boot's own executor. */
    static final String BOOT = "applicationTaskExecutor";

    /** A pool that the application declares. */
    static final String OWN = "own";

    /** A {@code SimpleAsyncTaskExecutor} that the application declares. */
    static final String SIMPLE = "simple";

    /** A method with {@code @Async}. */
    static final String ASYNC = "async";

    private static final String SEPARATOR = ";";

    static Work of(Kind kind, int count) {
        return new Work(kind, count, 500, BOOT, BOOT, 0, 0);
    }

    Work millis(long millis) {
        return new Work(this.kind, this.count, millis, this.executor, this.next, this.depth, this.delay);
    }

    Work on(String executor) {
        return new Work(this.kind, this.count, this.millis, executor, executor, this.depth, this.delay);
    }

    Work deep(int depth, String next) {
        return new Work(this.kind, this.count, this.millis, this.executor, next, depth, this.delay);
    }

    Work after(long delay) {
        return new Work(this.kind, this.count, this.millis, this.executor, this.next, this.depth, delay);
    }

    /** {@return what a task of this work submits when it ends} */
    Work child() {
        return new Work(this.kind, 1, this.millis, this.next, this.executor, this.depth - 1, 0);
    }

    /** {@return the number of tasks in all} */
    int tasks() {
        return this.count * (1 + this.depth);
    }

    String toQuery() {
        return "kind=" + this.kind + "&count=" + this.count + "&millis=" + this.millis + "&executor=" + this.executor
                + "&next=" + this.next + "&depth=" + this.depth + "&delay=" + this.delay;
    }

    /** {@return text for {@link #parseAll}} */
    static String format(List<Work> works) {
        return works.stream().map(Work::toQuery).collect(Collectors.joining(SEPARATOR));
    }

    static List<Work> parseAll(String text) {
        return text.isEmpty()
                ? List.of()
                : Stream.of(text.split(SEPARATOR)).map(Work::parse).toList();
    }

    static Work parse(String query) {
        Map<String, String> values = new HashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            values.put(pair.substring(0, equals), pair.substring(equals + 1));
        }
        return new Work(
                Kind.valueOf(values.get("kind")),
                Integer.parseInt(values.get("count")),
                Long.parseLong(values.get("millis")),
                values.get("executor"),
                values.get("next"),
                Integer.parseInt(values.get("depth")),
                Long.parseLong(values.get("delay")));
    }
}
