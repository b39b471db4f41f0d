// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import io.evenkeel.autoconfigure.properties.ConfiguredKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.shutdown.GracefulShutdown;
import io.evenkeel.shutdown.ShutdownRuntimeHints;
import java.util.Collection;
import java.util.Set;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.core.env.Environment;

/** What waits for tasks at the end of the application. */
@Configuration(proxyBeanMethods = false)
@ImportRuntimeHints(ShutdownRuntimeHints.class)
public class ShutdownConfiguration {

    ShutdownConfiguration() {}

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
