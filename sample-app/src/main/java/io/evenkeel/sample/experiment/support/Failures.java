// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.support;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/** Calls that failed, by kind. Thread-safe. */
public final class Failures {

    private static final int LONGEST_MESSAGE = 160;

    private final Map<String, Failure> byKind = new ConcurrentHashMap<>();

    public void add(Throwable failure) {
        Throwable cause = unwrap(failure);
        String kind = (cause instanceof RestClientResponseException answer)
                ? "HTTP " + answer.getStatusCode().value()
                : cause.getClass().getSimpleName();
        String message = shorten(String.valueOf(cause.getMessage()));
        byKind.merge(
                kind,
                new Failure(kind, 1, message),
                (known, added) -> new Failure(kind, known.count() + 1, known.example()));
    }

    /** {@return all kinds, the most frequent first} */
    public List<Failure> list() {
        return byKind.values().stream()
                .sorted(Comparator.comparingLong(Failure::count).reversed().thenComparing(Failure::kind))
                .toList();
    }

    public long total() {
        return total(list());
    }

    public static long total(List<Failure> failures) {
        return failures.stream().mapToLong(Failure::count).sum();
    }

    /** Spring wraps every I/O failure of a request, and of a body, in the same exceptions; what the client itself said is the cause. */
    private static Throwable unwrap(Throwable failure) {
        Throwable cause = failure.getCause();
        boolean wrapped = failure instanceof RestClientException && !(failure instanceof RestClientResponseException);
        return (wrapped && cause != null) ? cause : failure;
    }

    private static String shorten(String message) {
        return (message.length() <= LONGEST_MESSAGE) ? message : message.substring(0, LONGEST_MESSAGE) + "...";
    }

    /** How often one kind of failure was met, with the first message as an example. */
    public record Failure(String kind, long count, String example) {}
}
