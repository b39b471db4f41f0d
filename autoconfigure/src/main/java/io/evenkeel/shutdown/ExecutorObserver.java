// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryAware;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.util.Assert;

/**
 * Finds the executors and schedulers of an application context, and waits for their tasks before they are destroyed.
 * Executors that are no beans, or no singletons, are not found.
 */
public final class ExecutorObserver implements DestructionAwareBeanPostProcessor, BeanFactoryAware, PriorityOrdered {

    private final Set<String> excluded;
    private final ManagedExecutors executors;
    private final GracefulShutdown shutdown;
    private @Nullable ConfigurableListableBeanFactory beanFactory;

    /**
     * @param timeout the time that the shutdown may take; zero interrupts tasks at once
     * @param excluded names of beans that are left alone
     * @param abortCalls aborts the HTTP calls that are running, when the time is over
     */
    public ExecutorObserver(Duration timeout, Set<String> excluded, Runnable abortCalls) {
        this.excluded = excluded;
        this.executors = new ManagedExecutors(this::isExcluded, new Workloads(Ticker.SYSTEM));
        this.shutdown = new GracefulShutdown(this.executors, timeout, Ticker.SYSTEM, abortCalls);
    }

    @Override
    public void setBeanFactory(BeanFactory beanFactory) {
        this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
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
        if (isExecutor(bean) && isSingleton(bean, beanName)) {
            this.executors.add(beanName, bean);
        }
        return bean;
    }

    private boolean isSingleton(Object bean, String beanName) {
        // Without the prefix it would be asked for an object that it has not made yet.
        String name = (bean instanceof FactoryBean<?>) ? BeanFactory.FACTORY_BEAN_PREFIX + beanName : beanName;
        return beanFactory().containsBean(name) && beanFactory().isSingleton(name);
    }

    /** Looks for those that did not pass: made before this one was, or registered as they are. */
    void findExecutors() {
        for (String name : beanFactory().getSingletonNames()) {
            // To ask for one that another thread is making would hand it out unfinished.
            Object bean = beanFactory().isCurrentlyInCreation(name)
                    ? null
                    : beanFactory().getSingleton(name);
            if (bean != null && isExecutor(bean)) {
                this.executors.add(name, bean);
            }
        }
    }

    /** Spring's factories of executors are none themselves. */
    private static boolean isExecutor(Object bean) {
        return bean instanceof Executor || bean instanceof ExecutorConfigurationSupport;
    }

    private boolean isExcluded(String beanName) {
        if (this.excluded.contains(beanName)) {
            return true;
        }
        for (String alias : beanFactory().getAliases(beanName)) {
            if (this.excluded.contains(alias)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return isExecutor(bean) || (bean instanceof FactoryBean<?> factory && makesExecutors(factory));
    }

    private static boolean makesExecutors(FactoryBean<?> factory) {
        Class<?> type = factory.getObjectType();
        return type != null && Executor.class.isAssignableFrom(type);
    }

    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        this.shutdown.remove(beanName);
    }

    private ConfigurableListableBeanFactory beanFactory() {
        Assert.state(this.beanFactory != null, "No bean factory");
        return this.beanFactory;
    }
}
