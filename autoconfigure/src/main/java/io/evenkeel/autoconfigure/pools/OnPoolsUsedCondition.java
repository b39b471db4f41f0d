// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.UniqueNames;
import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.annotation.Condition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.context.annotation.Conditional;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if some client has its connections from Evenkeel: the one without a name, or one with a name. */
final class OnPoolsUsedCondition extends AnyNestedCondition {

    OnPoolsUsedCondition() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
    static final class ByTheClientWithoutName {}

    @Conditional(OnNamedClients.class)
    static final class ByNamedClients {}

    /** It does not judge the names, so that others can say what is wrong. */
    static final class OnNamedClients implements Condition {

        @Override
        public boolean matches(ConditionContext context, AnnotatedTypeMetadata metadata) {
            return !new UniqueNames(ClientNames.PREFIX, context.getEnvironment())
                    .spellings()
                    .isEmpty();
        }
    }
}
