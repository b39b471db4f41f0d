// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.EvenkeelProperties.Executor;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.PriorityOrdered;
import org.springframework.core.env.Environment;

/**
 * Judges all settings before the first bean is made, so that one start tells all that is wrong with them, and no bean is
 * blamed for it. An application that is processed ahead of time is judged when it runs: its build may not know the values.
 */
final class SettingsCheck implements BeanFactoryPostProcessor, PriorityOrdered {

    private final Environment environment;

    SettingsCheck(Environment environment) {
        this.environment = environment;
    }

    @Override
    public int getOrder() {
        return Ordered.HIGHEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        if (Boolean.getBoolean(AbstractAotProcessor.AOT_PROCESSING)) {
            return;
        }
        try {
            check();
        } catch (InvalidSettingException ex) {
            // Nothing that would do so at its end has been made yet.
            RecordTypes.forget();
            throw ex;
        }
    }

    /** @throws InvalidSettingException if there are settings that are refused, one with the others as suppressed ones */
    private void check() {
        Refusals refusals = new Refusals();
        RefusingBindHandler handler = new RefusingBindHandler(this.environment, refusals);
        // Switched off, what is left of it are beans with the settings of Spring Boot.
        if (OnEvenkeelEnabledCondition.isEnabled(this.environment)) {
            checkOwn(
                    new LayeredProperties(this.environment, handler).bind(EvenkeelProperties.class, "evenkeel"),
                    refusals);
        }
        ClientReader clients = new ClientReader(this.environment, handler);
        ClientNames.of(this.environment, refusals).forEach(name -> clients.check(name, refusals));
        LayeredProperties properties = new LayeredProperties(this.environment, handler);
        for (String name : ExecutorNameRule.names(this.environment, refusals)) {
            Executor executor = properties.bind(Executor.class, ExecutorNameRule.PREFIX + "." + name);
            new ExecutorRules(name, executor, this.environment, refusals).check();
        }
        refusals.throwIfAny();
    }

    private void checkOwn(EvenkeelProperties ofAll, Refusals refusals) {
        new KeyRules(this.environment).check(ofAll.unknownKeys(), refusals);
        new ClientRules(ClientKeys.ofAll(this.environment), refusals).check(ofAll, ofAll.proxy());
        refusals.check(() -> MetricsRules.check(ofAll.metrics()), () -> ShutdownRules.check(ofAll.shutdown()));
        new BootTimeoutRules(this.environment).check(refusals);
    }
}
