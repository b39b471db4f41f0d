// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.util.Assert;

/**
 * Finds the executors and schedulers of an application context, and waits for their tasks before they are destroyed.
 * Executors that are no beans, or no singletons, are not found.
 */
public final class ExecutorObserver implements DestructionAwareBeanPostProcessor, BeanFactoryAware, Ordered {

    private final GracefulShutdown shutdown;
    private @Nullable BeanFactory beanFactory;

    /**
     * @param timeout the time that the shutdown may take; zero interrupts tasks at once
     * @param excluded names of beans that are left alone
     * @param abortCalls aborts the HTTP calls that are running, when the time is over
     */
    public ExecutorObserver(Duration timeout, Set<String> excluded, Runnable abortCalls) {
        this.shutdown = new GracefulShutdown(timeout, excluded, Ticker.SYSTEM, abortCalls);
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beanFactory = beanFactory;
    }

    GracefulShutdown shutdown() {
        return this.shutdown;
    }

    /** First of all, to see the bean itself and not a proxy of it. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public Object postProcessAfterInitialization(Object bean, String beanName) {
        if (bean instanceof Executor executor && isSingleton(beanName)) {
            this.shutdown.add(beanName, executor);
        }
        return bean;
    }

    private boolean isSingleton(String beanName) {
        Assert.state(this.beanFactory != null, "No bean factory");
        return this.beanFactory.containsBean(beanName) && this.beanFactory.isSingleton(beanName);
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return bean instanceof Executor;
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        this.shutdown.remove(beanName);
    }
}
