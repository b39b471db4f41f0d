// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.properties.ConfiguredKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.autoconfigure.shutdown.RunningCalls;
import io.evenkeel.autoconfigure.shutdown.ShutdownAdvice;
import io.evenkeel.autoconfigure.validation.SettingsConfiguration;
import io.evenkeel.shutdown.GracefulShutdown;
import io.evenkeel.shutdown.ShutdownRuntimeHints;
import java.util.Collection;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Auto-configuration of a shutdown that finishes what was accepted: requests in flight, then the tasks of all executors,
 * in one budget of time. It does not depend on the HTTP clients.
 */
@AutoConfiguration(after = EvenkeelAutoConfiguration.class)
@ConditionalOnClass(ThreadPoolTaskExecutor.class)
@Conditional(OnEvenkeelEnabledCondition.class)
@Import(SettingsConfiguration.class)
@ImportRuntimeHints(ShutdownRuntimeHints.class)
public final class EvenkeelShutdownAutoConfiguration {

    EvenkeelShutdownAutoConfiguration() {}

    @Bean
    static GracefulShutdown evenkeelGracefulShutdown(
            Settings settings, ListableBeanFactory beanFactory, Environment environment) {
        EvenkeelProperties.Shutdown shutdown = settings.ofAll().shutdown();
        // They are there already, and could not be made when beans are destroyed. Those of a parent context go on.
        Collection<RunningCalls> calls =
                beanFactory.getBeansOfType(RunningCalls.class, true, false).values();
        return new GracefulShutdown(
                shutdown.timeout(),
                !new ConfiguredKeys(environment).isSet(ShutdownAdvice.PHASE_TIMEOUT),
                Set.copyOf(shutdown.exclude()),
                () -> calls.forEach(RunningCalls::abort));
    }

    @Bean
    ShutdownAdvice evenkeelShutdownAdvice(ApplicationContext context, Settings settings) {
        return new ShutdownAdvice(context, settings.ofAll().shutdown());
    }
}
