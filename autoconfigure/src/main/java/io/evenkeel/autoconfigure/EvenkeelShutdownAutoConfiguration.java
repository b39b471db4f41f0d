// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import io.evenkeel.autoconfigure.shutdown.ShutdownConfiguration;
import io.evenkeel.autoconfigure.validation.SettingsConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.context.annotation.Conditional;
import org.springframework.context.annotation.Import;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/**
 * Auto-configuration of a shutdown that finishes what was accepted: requests in flight, then the tasks of all executors,
 * in one budget of time. It does not depend on the HTTP clients.
 */
@AutoConfiguration(after = EvenkeelAutoConfiguration.class)
@ConditionalOnClass(ThreadPoolTaskExecutor.class)
@Conditional(OnEvenkeelEnabledCondition.class)
@Import({SettingsConfiguration.class, ShutdownConfiguration.class})
public final class EvenkeelShutdownAutoConfiguration {

    EvenkeelShutdownAutoConfiguration() {}
}
