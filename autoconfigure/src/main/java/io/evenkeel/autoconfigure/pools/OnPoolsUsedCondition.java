// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import org.springframework.boot.autoconfigure.condition.AnyNestedCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.context.annotation.Conditional;

/** Matches if some client has its connections from Evenkeel: the one without a name, or one with a name. */
final class OnPoolsUsedCondition extends AnyNestedCondition {

    OnPoolsUsedCondition() {
        super(ConfigurationPhase.REGISTER_BEAN);
    }

    @ConditionalOnMissingBean(ClientHttpRequestFactoryBuilder.class)
    static final class ByTheClientWithoutName {}

    @Conditional(OnNamedClientsCondition.class)
    static final class ByNamedClients {}
}
