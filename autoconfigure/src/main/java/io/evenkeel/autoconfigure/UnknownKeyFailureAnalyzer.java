// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Explains an unknown or empty key under {@code evenkeel}, before Spring Boot does so without knowing the known ones. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class UnknownKeyFailureAnalyzer extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

    private static final String PREFIX = "evenkeel.";

    private final KnownKeys known = KnownKeys.all();

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
        List<ConfigurationProperty> unknown = cause.getUnboundProperties().stream()
                .filter(property -> property.getName().toString().startsWith(PREFIX))
                .toList();
        if (unknown.isEmpty()) {
            return null;
        }
        String description = unknown.stream().map(this::describe).collect(Collectors.joining("%n".formatted()));
        String action = unknown.stream()
                .map(property -> suggest(key(property.getName())))
                .distinct()
                .collect(Collectors.joining("%n".formatted()));
        return new FailureAnalysis(description, action, cause);
    }

    private String describe(ConfigurationProperty property) {
        String origin = (property.getOrigin() != null) ? " (from " + property.getOrigin() + ")" : "";
        String key = key(property.getName());
        // Spring Boot does not bind an empty text to a number, a time or the like, and takes its key for unknown then.
        // The
        // value is not told: what was meant may be a password.
        return (this.known.contains(key)
                        ? "Configuration property '%s'%s has no value."
                        : "Configuration property '%s'%s is unknown, so it would have no effect.")
                .formatted(key, origin);
    }

    // Of a name that the user chose the capitals matter. If there is one, it is the third element.
    private static String key(ConfigurationPropertyName name) {
        int elements = name.getNumberOfElements();
        return IntStream.range(0, elements)
                .mapToObj(index -> name.getElement(index, (index == 2 && elements > 3) ? Form.ORIGINAL : Form.DASHED))
                .collect(Collectors.joining("."));
    }

    private String suggest(String key) {
        if (this.known.contains(key)) {
            return "Write a value for '%s', or remove the key.".formatted(key);
        }
        return this.known
                .closestTo(key)
                .map(suggestion -> "Did you mean '%s'?".formatted(suggestion))
                .orElseGet(() ->
                        "Remove '%s', or use one of: %s".formatted(key, String.join(", ", this.known.beside(key))));
    }
}
