// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;

/**
 * The keys that there are, and which of them a misspelt one was meant to be. A name that the user chooses stands as
 * {@code <name>}.
 */
final class KnownKeys {

    /** Keys of Spring Boot that one may look for under {@code evenkeel}. */
    private static final List<String> OF_SPRING_BOOT = List.of(
            "spring.http.clients.connect-timeout",
            "spring.http.clients.read-timeout",
            "spring.http.clients.redirects",
            "spring.http.clients.cookie-handling",
            "spring.http.clients.ssl.bundle");

    /** Stands for a name that the user chooses. */
    static final String NAME = "<name>";

    private final List<String> keys;

    private KnownKeys(List<String> keys) {
        this.keys = keys;
    }

    static KnownKeys all() {
        List<String> keys = new ArrayList<>();
        collect("evenkeel", EvenkeelProperties.class, keys);
        return new KnownKeys(List.copyOf(keys));
    }

    private static void collect(String prefix, Class<?> type, List<String> keys) {
        for (RecordComponent component : type.getRecordComponents()) {
            String key = prefix + "." + DataObjectPropertyName.toDashedForm(component.getName());
            if (component.getGenericType() instanceof ParameterizedType map && map.getRawType() == Map.class) {
                collect(key + "." + NAME, (Class<?>) map.getActualTypeArguments()[1], keys);
            } else if (component.getType().isRecord()) {
                collect(key, component.getType(), keys);
            } else {
                keys.add(key);
            }
        }
    }

    /** {@return the key that looks or ends most like the given one, if any does} */
    Optional<String> closestTo(String key) {
        return Stream.concat(this.keys.stream().map(candidate -> withNameOf(key, candidate)), OF_SPRING_BOOT.stream())
                .min(Comparator.<String>comparingInt(candidate -> distance(key, candidate))
                        .thenComparingInt(candidate -> EditDistance.between(key, candidate)))
                .filter(candidate ->
                        distance(key, candidate) <= Math.max(2, lastElement(key).length() / 3));
    }

    private static String withNameOf(String key, String candidate) {
        int start = candidate.indexOf(NAME);
        if (start < 0 || !key.startsWith(candidate.substring(0, start))) {
            return candidate;
        }
        int end = key.indexOf('.', start);
        return candidate.replace(NAME, (end < 0) ? key.substring(start) : key.substring(start, end));
    }

    // A right name in the wrong place is as near as one wrong letter, half of a name as near as two.
    private static int distance(String key, String candidate) {
        String last = lastElement(key);
        String lastOfCandidate = lastElement(candidate);
        int whole = EditDistance.between(key, candidate);
        int end = EditDistance.between(last, lastOfCandidate) + 1;
        boolean half = lastOfCandidate.endsWith("-" + last) || lastOfCandidate.startsWith(last + "-");
        return Math.min(half ? 2 : whole, Math.min(whole, end));
    }

    private static String lastElement(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    @Override
    public String toString() {
        return String.join(", ", this.keys);
    }

    List<String> toList() {
        return this.keys;
    }
}
