// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextAware;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.PriorityOrdered;
import org.springframework.scheduling.concurrent.ExecutorConfigurationSupport;
import org.springframework.util.Assert;

/**
 * The end of one application context. It finds the executors and schedulers when they are made, begins with the event that
 * the context closes, and waits for their tasks, all within one budget of time: in a phase of its own, when requests
 * and messages have ceased to come in and all that tasks may use is still there, and once more before an executor is destroyed.
 *
 * <p>Executors that are no beans, or no singletons, are not found. No bean may depend on this one: a dependent in another
 * phase would end its phase early (spring-framework#28277).
 */
public final class GracefulShutdown
        implements DestructionAwareBeanPostProcessor,
                ApplicationListener<ApplicationContextEvent>,
                SmartLifecycle,
                ApplicationContextAware,
                PriorityOrdered {

    /** Below the web server, which stops in two phases, and above the executors, {@code Integer.MAX_VALUE / 2}. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

    /** In this phase Spring Boot's web servers wait for requests in flight. */
    static final int WEB_SERVER_DRAIN_PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private final Duration timeout;
    private final boolean limitWebServer;
    private final Set<String> excluded;
    private final Runnable abortCalls;
    private final ManagedExecutors executors;
    private @Nullable ConfigurableApplicationContext context;

    /** Whether the start has succeeded: who destroys an executor from then on, before the end, means that one alone. */
    private volatile boolean live;

    private volatile boolean running;

    /** From the beginning of the end. */
    private volatile @Nullable TaskDrain drain;

    /**
     * @param timeout the time that the shutdown may take; zero interrupts tasks at once
     * @param limitWebServer whether the wait for requests in flight is limited to two thirds of that
     * @param excluded names of beans that are left alone
     * @param abortCalls aborts the HTTP calls that are running, when the time is over
     */
    public GracefulShutdown(Duration timeout, boolean limitWebServer, Set<String> excluded, Runnable abortCalls) {
        this.timeout = timeout;
        this.limitWebServer = limitWebServer;
        this.excluded = excluded;
        this.abortCalls = abortCalls;
        this.executors = new ManagedExecutors(this::isExcluded, new Workloads(Ticker.SYSTEM));
    }

    @Override
    public void setApplicationContext(ApplicationContext context) {
        this.context = (ConfigurableApplicationContext) context;
    }

    private ConfigurableApplicationContext context() {
        Assert.state(this.context != null, "No application context");
        return this.context;
    }

    private ConfigurableListableBeanFactory beanFactory() {
        return context().getBeanFactory();
    }

    /** First of all: to see a bean itself and not a proxy of it, and as the time runs from the event. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    // --- the executors ----------------------------------------------------------------------------------------------

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
    private void findExecutors() {
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

    // --- the way to the end -----------------------------------------------------------------------------------------

    /** A test context that is paused is not at its end. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** All beans are made, and hardly any has begun to work. */
    @Override
    public void start() {
        findExecutors();
        this.executors.all().forEach(Workload::follow);
        this.running = true;
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }

    /** On another thread, it might be too late. */
    @Override
    public boolean supportsAsyncExecution() {
        return false;
    }

    @Override
    public void onApplicationEvent(ApplicationContextEvent event) {
        // Events of child contexts arrive here too.
        if (event.getApplicationContext() != this.context) {
            return;
        }
        if (event instanceof ContextRefreshedEvent) {
            this.live = true;
        } else if (event instanceof ContextClosedEvent) {
            begin();
        }
    }

    private TaskDrain begin() {
        findExecutors();
        TaskDrain begun = look();
        limitWebServer();
        return begun;
    }

    /** Starts the clock, unless it runs already. {@return what waits until the time is over} */
    private TaskDrain look() {
        TaskDrain begun = this.drain;
        if (begun == null) {
            begun = newDrain(this.abortCalls);
            this.drain = begun;
        }
        this.executors.all().forEach(Workload::follow);
        begun.look(this.executors.all());
        return begun;
    }

    private TaskDrain newDrain(Runnable abortCalls) {
        Deadline deadline = Deadline.after(this.timeout, Ticker.SYSTEM);
        return new TaskDrain(deadline, Ticker.SYSTEM, LockSupport::parkNanos, abortCalls);
    }

    private void limitWebServer() {
        if (this.limitWebServer
                && context().containsBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME)
                && context().getBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME)
                        instanceof DefaultLifecycleProcessor processor
                && !hasOwnLimit(processor)) {
            Duration limit = this.timeout.multipliedBy(2).dividedBy(3);
            processor.setTimeoutForShutdownPhase(WEB_SERVER_DRAIN_PHASE, limit.toMillis());
        }
    }

    /** The application may have a processor of its own, with a limit for this phase. */
    private static boolean hasOwnLimit(DefaultLifecycleProcessor processor) {
        try {
            return new DirectFieldAccessor(processor).getPropertyValue("timeoutsForShutdownPhases")
                            instanceof Map<?, ?> limits
                    && limits.containsKey(WEB_SERVER_DRAIN_PHASE);
        } catch (BeansException ex) {
            // A release of Spring with other fields.
            return false;
        }
    }

    /**
     * Blocks, which holds up nobody in a phase of its own, and is not cut short by the limit of a phase. A context that
     * is stopped to be started again pauses its executors, which loses nothing; it is asked again when it is closed.
     */
    @Override
    public void stop() {
        if (context().isClosed()) {
            TaskDrain begun = this.drain;
            // If it has not, the event is late, or lost.
            drainAll((begun != null) ? begun : begin());
            this.running = false;
        }
    }

    @Override
    public boolean requiresDestruction(Object bean) {
        return isExecutor(bean) || (bean instanceof FactoryBean<?> factory && makesExecutors(factory));
    }

    private static boolean makesExecutors(FactoryBean<?> factory) {
        Class<?> type = factory.getObjectType();
        return type != null && Executor.class.isAssignableFrom(type);
    }

    /**
     * Tasks may have been submitted since all were waited for, by beans that are stopped or destroyed later; and there was no
     * waiting if the start failed. They may submit tasks to the others.
     */
    @Override
    public void postProcessBeforeDestruction(Object bean, String beanName) {
        Workload workload = this.executors.get(beanName);
        if (workload == null) {
            return;
        }
        boolean alone = this.live && this.drain == null;
        // The application goes on then, and its calls.
        TaskDrain drain = alone ? newDrain(() -> {}) : look();
        if (alone) {
            drain.drain(() -> List.of(workload));
        }
        if (alone || drainAll(drain)) {
            this.executors.remove(workload);
            workload.endWithin(drain.remaining());
        }
    }

    /** Waits for the tasks of all executors. {@return whether all have ended} */
    private boolean drainAll(TaskDrain drain) {
        List<Interruption> interruptions = drain.drain(this.executors::all);
        this.executors.all().forEach(Workload::leaveOwnTask);
        if (!interruptions.isEmpty()) {
            // All have been shut down, so that there is nothing to wait for when they are destroyed.
            this.executors.clear();
        }
        return interruptions.isEmpty();
    }
}
