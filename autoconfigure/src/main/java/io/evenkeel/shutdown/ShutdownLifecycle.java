// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import java.time.Duration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.support.AbstractApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.Ordered;

/**
 * Waits for the tasks of all executors in a phase of its own, when requests and messages have ceased to come in and all
 * that tasks may use is still there. No bean may depend on this one: a dependent in another phase would end its phase
 * early (spring-framework#28277).
 */
public final class ShutdownLifecycle implements SmartLifecycle, ApplicationListener<ContextClosedEvent>, Ordered {

    /** Below the web server, which stops in two phases, and above the executors, {@code Integer.MAX_VALUE / 2}. */
    public static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 3072;

    /** In this phase Spring Boot's web servers wait for requests in flight. */
    static final int WEB_SERVER_DRAIN_PHASE = SmartLifecycle.DEFAULT_PHASE - 1024;

    private final ApplicationContext context;
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
        this.shutdown = observer.shutdown();
        this.limitWebServer = limitWebServer;
    }

    /** Before all others, as the time runs from here. */
    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void onApplicationEvent(ContextClosedEvent event) {
        // Events of child contexts arrive here too.
        if (event.getApplicationContext() != this.context) {
            return;
        }
        this.shutdown.begin();
        if (this.limitWebServer
                && this.context.containsBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME)
                && this.context.getBean(AbstractApplicationContext.LIFECYCLE_PROCESSOR_BEAN_NAME)
                        instanceof DefaultLifecycleProcessor processor) {
            Duration limit = this.shutdown.budget().total().multipliedBy(2).dividedBy(3);
            processor.setTimeoutForShutdownPhase(WEB_SERVER_DRAIN_PHASE, limit.toMillis());
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

    @Override
    public void start() {
        this.running = true;
    }

    /**
     * Blocks, which holds up nobody in a phase of its own, and is not cut short by the limit of a phase. A context that
     * is stopped to be started again pauses its executors, which loses nothing.
     */
    @Override
    public void stop() {
        if (this.shutdown.budget().hasBegun()) {
            this.shutdown.drainAll();
        }
        this.running = false;
    }

    @Override
    public boolean isRunning() {
        return this.running;
    }
}
