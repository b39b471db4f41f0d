// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.retry;

import io.evenkeel.deadline.Deadlines;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Attributes by which a single request says whether it may be sent again.
 *
 * <pre>{@code
 * search.post().uri("/search").attribute(Retries.IDEMPOTENT, true).body(query).retrieve()...
 * quotes.get().uri("/now-or-never").attribute(Retries.ENABLED, false).retrieve()...
 * }</pre>
 *
 * <p>HTTP service methods have parameters for it: {@code @RequestAttribute(Retries.IDEMPOTENT) boolean idempotent}. Thread-safe.
 */
public final class Retries {

    /**
     * A {@link Boolean}: with {@code false} the request is not sent again after a failure, whatever {@code evenkeel.retry} says. It
     * switches nothing on.
     */
    public static final String ENABLED = "evenkeel.retry.enabled";

    /**
     * A {@link Boolean}: with {@code true} the server makes no difference between one and two of the request, whatever its method. It
     * may be replayed and sent again as a GET may.
     */
    public static final String IDEMPOTENT = "evenkeel.idempotent";

    /** Of the request that this thread is about to execute, and of no other. */
    private static final ThreadLocal<@Nullable Wish> OF_REQUEST = new ThreadLocal<>();

    private Retries() {}

    /** {@return whether a request has attributes that say something of it} */
    public static boolean areIn(Map<String, Object> attributes) {
        return attributes.containsKey(ENABLED) || attributes.containsKey(IDEMPOTENT);
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
            Map<String, Object> attributes, Deadlines.Work<T, E> execution) throws E {
        if (!areIn(attributes)) {
            return execution.run();
        }
        OF_REQUEST.set(new Wish(flag(attributes, ENABLED, true), flag(attributes, IDEMPOTENT, false)));
        try {
            return execution.run();
        } finally {
            OF_REQUEST.remove();
        }
    }

    private static boolean flag(Map<String, Object> attributes, String name, boolean otherwise) {
        Object value = attributes.get(name);
        if (value != null && !(value instanceof Boolean)) {
            throw new IllegalArgumentException("The attribute %s of a request has to be a Boolean, and is a %s."
                    .formatted(name, value.getClass().getName()));
        }
        return (value != null) ? (Boolean) value : otherwise;
    }

    /** {@return what the request wishes, if it says so} Taken once, by the call that it is for. */
    public static @Nullable Wish take() {
        Wish taken = OF_REQUEST.get();
        if (taken != null) {
            OF_REQUEST.remove();
        }
        return taken;
    }

    /**
     * What a request wishes.
     *
     * @param retry whether it may be sent again after a failure
     * @param idempotent whether it may be executed twice
     */
    public record Wish(boolean retry, boolean idempotent) {}
}
