// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.UniqueNames;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Matches if there is a client below {@code evenkeel.clients}. It does not judge them, so that others can say what is wrong. */
final class OnNamedClientsCondition extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Named HTTP clients");
        int clients = new UniqueNames(ClientNames.PREFIX, context.getEnvironment())
                .spellings()
                .size();
        return new ConditionOutcome(clients > 0, message.because("there are " + clients));
    }
}
