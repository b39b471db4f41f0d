// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/**
 * Matches unless {@code evenkeel.enabled} is false. It does not judge a value that is neither true nor false:
 * {@code SettingsCheck} refuses it together with all else that is wrong.
 */
public final class OnEvenkeelEnabledCondition extends SpringBootCondition {

    public static final String KEY = "evenkeel.enabled";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Evenkeel");
        boolean enabled = isEnabled(context.getEnvironment());
        return new ConditionOutcome(enabled, message.because("'" + KEY + "' is " + enabled));
    }

    static boolean isEnabled(Environment environment) {
        try {
            return Binder.get(environment).bind(KEY, Boolean.class).orElse(true);
        } catch (BindException ex) {
            return true;
        }
    }
}
