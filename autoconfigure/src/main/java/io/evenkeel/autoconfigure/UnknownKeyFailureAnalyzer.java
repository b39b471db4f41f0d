// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Explains an unknown key under {@code evenkeel}, before Spring Boot does so without knowing the known ones. */
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
                .map(property -> suggest(property.getName().toString()))
                .distinct()
                .collect(Collectors.joining("%n".formatted()));
        return new FailureAnalysis(description, action, cause);
    }

    private String describe(ConfigurationProperty property) {
        String origin = (property.getOrigin() != null) ? " (from " + property.getOrigin() + ")" : "";
        return "Configuration property '%s' with the value '%s'%s is unknown, so it would have no effect."
                .formatted(property.getName(), property.getValue(), origin);
    }

    private String suggest(String key) {
        return this.known
                .closestTo(key)
                .map(suggestion -> "Did you mean '%s'?".formatted(suggestion))
                .orElseGet(() -> "Remove '%s', or use one of: %s".formatted(key, this.known));
    }
}
