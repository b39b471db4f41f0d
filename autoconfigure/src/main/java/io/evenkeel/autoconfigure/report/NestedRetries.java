// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import java.lang.reflect.AnnotatedElement;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.core.MethodIntrospector;
import org.springframework.core.MethodIntrospector.MetadataLookup;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.annotation.MergedAnnotations;
import org.springframework.core.annotation.MergedAnnotations.SearchStrategy;
import org.springframework.util.ClassUtils;

/**
 * The beans that repeat their calls by an annotation, and make them with a client that repeats requests: the numbers multiply. It is
 * found by names of types, since none of the libraries has to be there, and nothing is instantiated for it.
 */
final class NestedRetries {

    private static final String OF_FRAMEWORK = "org.springframework.resilience.annotation.Retryable";

    private static final String OF_SPRING_RETRY = "org.springframework.retry.annotation.Retryable";

    private static final List<String> ANNOTATIONS =
            List.of(OF_FRAMEWORK, OF_SPRING_RETRY, "io.github.resilience4j.retry.annotation.Retry");

    private final ConfigurableListableBeanFactory beans;
    private final List<String> annotations;

    NestedRetries(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.annotations = ANNOTATIONS.stream()
                .filter(name -> ClassUtils.isPresent(name, beans.getBeanClassLoader()))
                .toList();
    }

    /**
     * A client that repeats requests.
     *
     * @param name of the client
     * @param requests that one of its calls can become
     * @param key that ends this
     */
    record RetryingClient(String name, int requests, String key) {}

    private record Repeated(String place, @Nullable Long attempts, String annotation) {}

    /**
     * {@return a line for each bean that repeats what is repeated}
     *
     * @param clients by the names of the beans that calls are made with
     */
    List<String> warnings(Map<String, RetryingClient> clients) {
        return (this.annotations.isEmpty() || clients.isEmpty())
                ? List.of()
                : Arrays.stream(this.beans.getBeanDefinitionNames())
                        .flatMap(bean -> warning(bean, clients).stream())
                        .toList();
    }

    private Optional<String> warning(String bean, Map<String, RetryingClient> clients) {
        Class<?> type = this.beans.getType(bean, false);
        return (type == null)
                ? Optional.empty()
                : repeated(ClassUtils.getUserClass(type))
                        .findFirst()
                        .flatMap(repeated -> client(bean, clients).map(client -> text(bean, repeated, client)));
    }

    private static String text(String bean, Repeated repeated, RetryingClient client) {
        Long attempts = repeated.attempts;
        return ("bean '%s' repeats its calls (@%s on %s%s), and client '%s' sends each up to %d times%s. Let one of the two do it: "
                        + "write '%s: false', or do without the annotation (docs/retries.md)")
                .formatted(
                        bean,
                        ClassUtils.getShortName(repeated.annotation),
                        repeated.place,
                        (attempts != null) ? ", %d attempts".formatted(attempts) : "",
                        client.name,
                        client.requests,
                        (attempts != null)
                                ? ": one call can become %d requests".formatted(attempts * client.requests)
                                : "",
                        client.key);
    }

    private Stream<Repeated> repeated(Class<?> type) {
        Stream<Repeated> ofType = annotation(type).stream().map(found -> repeated(found, type.getSimpleName()));
        MetadataLookup<MergedAnnotation<?>> lookup =
                method -> annotation(method).orElse(null);
        Stream<Repeated> ofMethods = MethodIntrospector.selectMethods(type, lookup).entrySet().stream()
                .map(each -> repeated(
                        each.getValue(),
                        type.getSimpleName() + "." + each.getKey().getName()));
        return Stream.concat(ofType, ofMethods);
    }

    private Optional<MergedAnnotation<?>> annotation(AnnotatedElement element) {
        MergedAnnotations all = MergedAnnotations.from(element, SearchStrategy.TYPE_HIERARCHY);
        for (String each : this.annotations) {
            MergedAnnotation<?> found = all.get(each);
            if (found.isPresent()) {
                return Optional.of(found);
            }
        }
        return Optional.empty();
    }

    private static Repeated repeated(MergedAnnotation<?> annotation, String place) {
        String name = annotation.getType().getName();
        return new Repeated(place, attempts(annotation, name), name);
    }

    /** {@return what is written as a number; text may be a placeholder} */
    private static @Nullable Long attempts(MergedAnnotation<?> annotation, String name) {
        return switch (name) {
            case OF_FRAMEWORK ->
                annotation.getString("maxRetriesString").isEmpty() ? annotation.getLong("maxRetries") + 1 : null;
            case OF_SPRING_RETRY ->
                annotation.getString("maxAttemptsExpression").isEmpty()
                        ? (long) annotation.getInt("maxAttempts")
                        : null;
            default -> null;
        };
    }

    /** {@return the client nearest to the bean, over beans in between} */
    private Optional<RetryingClient> client(String bean, Map<String, RetryingClient> clients) {
        Set<String> seen = new HashSet<>(Set.of(bean));
        Deque<String> open = new ArrayDeque<>(seen);
        while (!open.isEmpty()) {
            for (String dependency : this.beans.getDependenciesForBean(open.remove())) {
                RetryingClient found = clients.get(dependency);
                if (found != null) {
                    return Optional.of(found);
                }
                if (seen.add(dependency)) {
                    open.add(dependency);
                }
            }
        }
        return Optional.empty();
    }
}
