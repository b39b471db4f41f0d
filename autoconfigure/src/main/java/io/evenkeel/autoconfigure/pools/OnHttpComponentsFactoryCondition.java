// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientsProperties.Factory;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches unless the application asks Spring Boot for another client library than Apache HttpClient. */
public final class OnHttpComponentsFactoryCondition extends SpringBootCondition {

    public static final String KEY = "spring.http.clients.imperative.factory";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("HTTP client library");
        Factory factory = factory(context.getEnvironment());
        if (factory == null) {
            return ConditionOutcome.match(message.because("'" + KEY + "' is not set"));
        }
        return new ConditionOutcome(factory == Factory.HTTP_COMPONENTS, message.because("'" + KEY + "' is " + factory));
    }

    public static @Nullable Factory factory(Environment environment) {
        return Binder.get(environment).bind(KEY, Factory.class).orElse(null);
    }
}
