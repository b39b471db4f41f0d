// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/** Explains why there is no client to inject when Evenkeel is switched off, before Spring Boot advises to define one. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class SwitchedOffClientFailureAnalyzer extends AbstractFailureAnalyzer<NoSuchBeanDefinitionException> {

    private static final Set<String> TYPES =
            Set.of("org.springframework.web.client.RestClient", "io.evenkeel.client.NamedClients");

    private final Binder binder;

    SwitchedOffClientFailureAnalyzer(Environment environment) {
        this.binder = Binder.get(environment);
    }

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoSuchBeanDefinitionException cause) {
        if (cause instanceof NoUniqueBeanDefinitionException) {
            return null;
        }
        Set<String> clients = this.binder
                .bind(ClientNames.PREFIX, Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet();
        boolean enabled =
                this.binder.bind(OnEvenkeelEnabledCondition.KEY, Boolean.class).orElse(true);
        if (enabled || clients.isEmpty() || !isAboutAClient(cause)) {
            return null;
        }
        return new FailureAnalysis(
                "%s The clients below '%s' (%s) are not made, because '%s' is false."
                        .formatted(
                                cause.getMessage(),
                                ClientNames.PREFIX,
                                String.join(", ", clients),
                                OnEvenkeelEnabledCondition.KEY),
                "To switch one client off, write '%s.<name>.enabled: false': it stays a bean. To do without Evenkeel, define a bean in its place."
                        .formatted(ClientNames.PREFIX),
                cause);
    }

    private static boolean isAboutAClient(NoSuchBeanDefinitionException cause) {
        Class<?> type = cause.getBeanType();
        return (type != null)
                ? TYPES.contains(type.getName())
                : String.valueOf(cause.getBeanName()).endsWith("RestClient");
    }
}
