// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.lang.reflect.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.DataObjectPropertyName;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.core.ResolvableType;

/**
 * The keys that there are, and which of them a misspelt one was meant to be. A name that the user chooses stands as
 * {@code <name>}.
 */
final class KnownKeys {

    /** Stands for a name that the user chooses. */
    static final String NAME = "<name>";

    /** Keys of Spring Boot that one may look for under {@code evenkeel}. */
    private static final List<String> OF_SPRING_BOOT = List.of(
            "spring.http.clients.connect-timeout",
            "spring.http.clients.read-timeout",
            "spring.http.clients.redirects",
            "spring.http.clients.cookie-handling",
            "spring.http.clients.ssl.bundle");

    private static final String CLIENTS = "evenkeel.clients.";
    private static final Pattern CLIENT = Pattern.compile("^evenkeel\\.clients\\.[^.]+\\.");

    private final List<String> keys;

    private KnownKeys(List<String> keys) {
        this.keys = keys;
    }

    static KnownKeys all() {
        List<String> keys = new ArrayList<>();
        collect("evenkeel.", EvenkeelProperties.class, keys);
        return new KnownKeys(List.copyOf(keys));
    }

    /** {@return the keys that a client has, without what comes before them} */
    static List<String> ofClient() {
        List<String> keys = new ArrayList<>();
        collect("", EvenkeelProperties.Client.class, keys);
        return keys;
    }

    // By what is bound, the parameters of its constructor: a native image knows these.
    private static void collect(String prefix, Class<?> record, List<String> keys) {
        for (Parameter parameter : record.getDeclaredConstructors()[0].getParameters()) {
            String key = prefix + nameOf(parameter);
            ResolvableType type = ResolvableType.forType(parameter.getParameterizedType());
            boolean map = type.toClass() == Map.class;
            Class<?> valueType = map ? type.getGeneric(1).toClass() : type.toClass();
            String element = map ? key + "." + NAME : key;
            if (valueType.isRecord()) {
                collect(element + ".", valueType, keys);
            } else {
                keys.add(element);
            }
        }
    }

    private static String nameOf(Parameter parameter) {
        Name name = parameter.getAnnotation(Name.class);
        return (name != null) ? name.value() : DataObjectPropertyName.toDashedForm(parameter.getName());
    }

    /** {@return whether there is the key, which may have names in it that the user chose} */
    boolean contains(String key) {
        return this.keys.stream().flatMap(known -> withNamesOf(key, known)).anyMatch(key::equals);
    }

    /** {@return the key that looks or ends most like the given one, if any does} */
    Optional<String> closestTo(String key) {
        String ofAllClients = CLIENT.matcher(key).replaceFirst("evenkeel.");
        if (this.keys.contains(ofAllClients)) {
            return Optional.of(ofAllClients);
        }
        return Stream.concat(this.keys.stream().flatMap(known -> withNamesOf(key, known)), OF_SPRING_BOOT.stream())
                .min(Comparator.<String>comparingInt(candidate -> distance(key, candidate))
                        .thenComparingInt(candidate -> EditDistance.between(key, candidate)))
                .filter(candidate ->
                        distance(key, candidate) <= Math.max(2, lastElement(key).length() / 3));
    }

    /** {@return the keys among which the given one was probably looked for} */
    List<String> beside(String key) {
        boolean ofClient = key.startsWith(CLIENTS);
        return this.keys.stream()
                .filter(known -> known.startsWith(CLIENTS) == ofClient)
                .toList();
    }

    // Where the known key has a name, the given one has it in the same place.
    private static Stream<String> withNamesOf(String key, String known) {
        String[] given = key.split("\\.", -1);
        String[] elements = known.split("\\.", -1);
        int first = List.of(elements).indexOf(NAME);
        if (first < 0 || first >= given.length || EditDistance.between(head(given, first), head(elements, first)) > 1) {
            return Stream.of(known);
        }
        String candidate = IntStream.range(0, elements.length)
                .mapToObj(index ->
                        (elements[index].equals(NAME) && index < given.length) ? given[index] : elements[index])
                .collect(Collectors.joining("."));
        // If it ends with a name, that its end is the same means nothing.
        return (known.endsWith(NAME) && EditDistance.between(key, candidate) > 2)
                ? Stream.empty()
                : Stream.of(candidate);
    }

    private static String head(String[] elements, int count) {
        return String.join(".", List.of(elements).subList(0, count));
    }

    // A right name in the wrong place is as near as one wrong letter, and so is half of a name in the right one. What
    // is below a
    // client was probably meant for a client.
    private static int distance(String key, String candidate) {
        String last = lastElement(key);
        String lastOfCandidate = lastElement(candidate);
        int whole = EditDistance.between(key, candidate);
        int end = EditDistance.between(last, lastOfCandidate) + 1;
        boolean half = lastOfCandidate.endsWith("-" + last) || lastOfCandidate.startsWith(last + "-");
        boolean elsewhere = candidate.contains(NAME) || (key.startsWith(CLIENTS) && !candidate.startsWith(CLIENTS));
        int part = parentOf(key).equals(parentOf(candidate)) ? 1 : 2;
        return Math.min(half ? part : whole, Math.min(whole, end)) + (elsewhere ? 1 : 0);
    }

    private static String parentOf(String key) {
        return key.substring(0, Math.max(0, key.lastIndexOf('.')));
    }

    private static String lastElement(String key) {
        return key.substring(key.lastIndexOf('.') + 1);
    }

    List<String> toList() {
        return this.keys;
    }
}
