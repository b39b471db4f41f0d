// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import java.util.Map;
import org.springframework.beans.BeansException;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.Ordered;

/**
 * Waits for the tasks of all executors in a phase of its own, when requests and messages have ceased to come in and all
 * that tasks may use is still there. No bean may depend on this one: a dependent in another phase would end its phase
 * early (spring-framework#28277).
 */
public final class ShutdownLifecycle implements SmartLifecycle, ApplicationListener<ApplicationContextEvent>, Ordered {

    /** Below the web server, which stops in two phases, and above the executors, {@code Integer.MAX_VALUE / 2}. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

    /** In this phase Spring Boot's web servers wait for requests in flight. */
    static final int WEB_SERVER_DRAIN_PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private final ApplicationContext context;
    private final ExecutorObserver observer;
    private final GracefulShutdown shutdown;
    private final boolean limitWebServer;
    private volatile boolean running;

    /**
     * @param context the context whose end this is
     * @param observer knows its executors
     * @param limitWebServer whether the wait for requests in flight is limited to two thirds of the time
     */
    public ShutdownLifecycle(ApplicationContext context, ExecutorObserver observer, boolean limitWebServer) {
        this.context = context;
        this.observer = observer;
        this.shutdown = observer.shutdown();
        this.limitWebServer = limitWebServer;
    }

    /** Before all others, as the time runs from here. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
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
            this.shutdown.live();
        } else if (event instanceof ContextClosedEvent) {
            begin();
        }
    }

    private void begin() {
        this.observer.findExecutors();
        this.shutdown.begin();
        if (this.limitWebServer
                && this.context.containsBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME)
                && this.context.getBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME)
                        instanceof DefaultLifecycleProcessor processor
                && !hasOwnLimit(processor)) {
            Duration limit = this.shutdown.total().multipliedBy(2).dividedBy(3);
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

    @Override
    public int getPhase() {
        return PHASE;
    }

    /** A test context that is paused is not at its end. */
    @Override
    public boolean isPauseable() {
        return false;
    }

    /** All beans are made, and hardly any has begun to work. */
    @Override
    public void start() {
        this.observer.findExecutors();
        this.shutdown.follow();
        this.running = true;
    }

    /**
     * Blocks, which holds up nobody in a phase of its own, and is not cut short by the limit of a phase. A context that
     * is stopped to be started again pauses its executors, which loses nothing; it is asked again when it is closed.
     */
    @Override
    public void stop() {
        if (!isClosing()) {
            return;
        }
        if (!this.shutdown.hasBegun()) {
            // The event is late, or lost.
            begin();
        }
        this.shutdown.drainAll();
        this.running = false;
    }

    private boolean isClosing() {
        return this.context instanceof ConfigurableApplicationContext configurable && configurable.isClosed();
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }
}
