// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.deadline;

import io.evenkeel.event.BoundSource;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Says how long calls may take, all of them together that some code makes, or a single one.
 *
 * <pre>{@code
 * Quote quote = Deadlines.within(Duration.ofSeconds(2), () -> {
 *     Customer customer = customers.get().uri("/{id}", id).retrieve().body(Customer.class);
 *     return quotes.post().uri("/quotes").body(customer).retrieve().body(Quote.class);
 * });
 *
 * quotes.get().uri("/slow").attribute(Deadlines.CALL_TIMEOUT, Duration.ofMillis(500)).retrieve()...
 * }</pre>
 *
 * <p>A deadline only shortens: of that of the client ({@code evenkeel.call-timeout}), that of the request, and those around
 * the code, the one counts that is over first. It ends calls, and waits for connections; it does not end other code. It belongs
 * to the thread, and to tasks that are given to executors of Evenkeel meanwhile, which have what is left of it when they run. A
 * call that began within keeps it to the last byte of its response, wherever that is read.
 *
 * <p>Thread-safe.
 */
public final class Deadlines {

    /**
     * Attribute of a request: a {@link Duration}, within which the call has to be over, as with {@code evenkeel.call-timeout}. With
     * nothing or less the call fails at once.
     */
    public static final String CALL_TIMEOUT = "evenkeel.call-timeout";

    /**
     * Attribute of a request: a positive {@link Duration}, its read timeout if that is shorter than the client's: limit of the
     * response head as a whole, and of each read of the body.
     */
    public static final String READ_TIMEOUT = "evenkeel.read-timeout";

    /** Not inherited by other threads: what they do may go on when the work is long over. */
    private static final ThreadLocal<@Nullable Bound> CURRENT = new ThreadLocal<>();

    /** Of the request that this thread is about to execute, and of no other. */
    private static final ThreadLocal<@Nullable Duration> READ_TIMEOUT_OF_REQUEST = new ThreadLocal<>();

    private Deadlines() {}

    /**
     * Does some work, whose calls have to be over within a time.
     *
     * @param limit counts from now; with nothing or less all calls fail at once
     * @param work what to do
     * @return what the work returns
     * @throws E what the work throws
     */
    public static <T extends @Nullable Object, E extends Exception> T within(Duration limit, Work<T, E> work) throws E {
        return within(new Bound(Deadline.after(limit, Ticker.SYSTEM), BoundSource.CODE), work);
    }

    /**
     * Does some work, whose calls have to be over within a time.
     *
     * @param limit counts from now; with nothing or less all calls fail at once
     * @param action what to do
     * @throws E what the action throws
     */
    public static <E extends Exception> void within(Duration limit, Action<E> action) throws E {
        within(limit, action.asWork());
    }

    /**
     * Does some work within a bound, which began already.
     *
     * @param bound may be over; the one that is in force goes on to count
     * @return what the work returns
     * @throws E what the work throws
     */
    public static <T extends @Nullable Object, E extends Exception> T within(Bound bound, Work<T, E> work) throws E {
        Bound outer = CURRENT.get();
        CURRENT.set(bound.boundedBy(outer));
        try {
            return work.run();
        } finally {
            restore(outer);
        }
    }

    /**
     * Executes a request with what its attributes say.
     *
     * @param attributes of the request
     * @param execution executes it
     * @return what the execution returns
     * @throws IllegalArgumentException if an attribute is not what it has to be
     * @throws E what the execution throws
     */
    public static <T extends @Nullable Object, E extends Exception> T withAttributes(
            Map<String, Object> attributes, Work<T, E> execution) throws E {
        Duration callTimeout = duration(attributes, CALL_TIMEOUT);
        Duration readTimeout = duration(attributes, READ_TIMEOUT);
        if (readTimeout != null && (readTimeout.isZero() || readTimeout.isNegative())) {
            throw new IllegalArgumentException("The attribute %s of a request is %s, and has to be positive."
                    .formatted(READ_TIMEOUT, readTimeout));
        }
        READ_TIMEOUT_OF_REQUEST.set(readTimeout);
        try {
            return (callTimeout == null)
                    ? execution.run()
                    : within(new Bound(Deadline.after(callTimeout, Ticker.SYSTEM), BoundSource.REQUEST), execution);
        } finally {
            READ_TIMEOUT_OF_REQUEST.remove();
        }
    }

    private static @Nullable Duration duration(Map<String, Object> attributes, String name) {
        Object value = attributes.get(name);
        if (value != null && !(value instanceof Duration)) {
            throw new IllegalArgumentException(
                    "The attribute %s of a request has to be a java.time.Duration, and is a %s."
                            .formatted(name, value.getClass().getName()));
        }
        return (Duration) value;
    }

    /** {@return the read timeout that the request has by its attribute, if any} Taken once, by the call that it is for. */
    public static @Nullable Duration takeReadTimeout() {
        Duration taken = READ_TIMEOUT_OF_REQUEST.get();
        if (taken != null) {
            READ_TIMEOUT_OF_REQUEST.remove();
        }
        return taken;
    }

    /** {@return what is left for calls of this thread, zero when it is over; empty if nothing bounds them} */
    public static Optional<Duration> remaining() {
        return Optional.ofNullable(CURRENT.get()).map(Bound::deadline).map(Deadline::remaining);
    }

    /** {@return what bounds calls of this thread} */
    public static @Nullable Bound current() {
        return CURRENT.get();
    }

    /**
     * Carries the deadline of this thread to another one.
     *
     * @param task to be run by any thread
     * @return the task, within the deadline that this thread has now
     */
    public static Runnable carry(Runnable task) {
        Bound bound = CURRENT.get();
        return (bound == null)
                ? task
                : () -> within(bound, () -> {
                    task.run();
                    return true;
                });
    }

    /** Binds what bounds calls of this thread from now on, for those who carry contexts; null for nothing. */
    public static void restore(@Nullable Bound bound) {
        if (bound != null) {
            CURRENT.set(bound);
        } else {
            CURRENT.remove();
        }
    }

    /**
     * Work that returns something.
     *
     * @param <T> what it returns
     * @param <E> what it throws
     */
    @FunctionalInterface
    public interface Work<T extends @Nullable Object, E extends Exception> {

        T run() throws E;
    }

    /**
     * Work that returns nothing.
     *
     * @param <E> what it throws
     */
    @FunctionalInterface
    public interface Action<E extends Exception> {

        void run() throws E;

        private Work<Boolean, E> asWork() {
            return () -> {
                run();
                return true;
            };
        }
    }
}
