// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.deadline.DeadlineFilter;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.autoconfigure.validation.SettingsConfiguration;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.time.Ticker;
import jakarta.servlet.Filter;
import java.util.Objects;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.web.filter.OncePerRequestFilter;

/** Auto-configuration that has the calls of a servlet application end with the deadline of who called it. */
@AutoConfiguration(after = EvenkeelAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.SERVLET)
@ConditionalOnClass({Filter.class, OncePerRequestFilter.class})
@ConditionalOnProperty("evenkeel.deadline.accept-header")
@Conditional(OnEvenkeelEnabledCondition.class)
@Import(SettingsConfiguration.class)
public final class EvenkeelDeadlineAutoConfiguration {

    EvenkeelDeadlineAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    DeadlineFilter evenkeelDeadlineFilter(Settings settings, ObjectProvider<ConnectionListener> listeners) {
        EvenkeelProperties.Deadline deadline = settings.ofAll().deadline();
        return new DeadlineFilter(
                new TravellingDeadline(Objects.requireNonNull(deadline.acceptHeader()), deadline.acceptUnit()),
                deadline.min(),
                () -> listeners.forEach(ConnectionListener::deadlineIgnored),
                Ticker.SYSTEM);
    }
}
