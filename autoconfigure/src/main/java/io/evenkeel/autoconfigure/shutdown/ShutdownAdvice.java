// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.aop.support.AopUtils;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.AsyncAnnotationBeanPostProcessor;
import org.springframework.scheduling.annotation.AsyncConfigurer;
import org.springframework.scheduling.config.TaskManagementConfigUtils;
import org.springframework.util.ReflectionUtils;

/**
 * Says at the start what would disappoint at the end. Nothing of this stops the start: it may be meant, or stand in a
 * configuration that several applications share.
 */
public final class ShutdownAdvice implements ApplicationListener<ContextRefreshedEvent> {

    /** Spring Boot's limit for each phase of the shutdown, one of which is the wait for requests in flight. */
    public static final String PHASE_TIMEOUT = "spring.lifecycle.timeout-per-shutdown-phase";

    private static final String TIMEOUT = "evenkeel.shutdown.timeout";
    private static final String EXCLUDE = "evenkeel.shutdown.exclude";

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    /** What Kubernetes waits before it kills a container, if nobody asked for more. */
    private static final Duration KUBERNETES = Duration.ofSeconds(30);

    private final ApplicationContext context;
    private final EvenkeelProperties.Shutdown shutdown;
    private final AtomicBoolean done = new AtomicBoolean();

    public ShutdownAdvice(ApplicationContext context, EvenkeelProperties.Shutdown shutdown) {
        this.context = context;
        this.shutdown = shutdown;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        // Events of child contexts arrive here too.
        if (event.getApplicationContext() == this.context && this.done.compareAndSet(false, true)) {
            adviseOnPhases();
            adviseOnKubernetes();
            adviseOnExclusions();
            adviseOnAsynchronousMethods();
        }
    }

    private void adviseOnPhases() {
        Duration timeout = this.shutdown.timeout();
        Binder.get(this.context.getEnvironment())
                .bind(PHASE_TIMEOUT, Duration.class)
                .ifBound(phase -> {
                    if (phase.compareTo(timeout) >= 0) {
                        log.warn(
                                "Requests in flight may use up all of the shutdown ({} is {}, {} is {}): background tasks would "
                                        + "be interrupted at once. Raise the latter, or lower the former.",
                                PHASE_TIMEOUT,
                                DurationText.of(phase),
                                TIMEOUT,
                                DurationText.of(timeout));
                    }
                });
    }

    private void adviseOnKubernetes() {
        if (CloudPlatform.KUBERNETES.isActive(this.context.getEnvironment())
                && this.shutdown.timeout().compareTo(KUBERNETES) >= 0) {
            log.warn(
                    "Kubernetes kills a container 30s after it asked it to stop, unless terminationGracePeriodSeconds is higher: {} "
                            + "is {}. See that the former is at least 5s more.",
                    TIMEOUT,
                    DurationText.of(this.shutdown.timeout()));
        }
    }

    private void adviseOnExclusions() {
        for (String name : this.shutdown.exclude()) {
            if (!this.context.containsBean(name)) {
                log.warn(
                        "{} names '{}', but there is no such bean. The executors are: {}",
                        EXCLUDE,
                        name,
                        String.join(", ", executors()));
            }
        }
    }

    /** Spring makes an executor of its own for them, that is no bean, if there is not exactly one to choose. */
    private void adviseOnAsynchronousMethods() {
        if (this.context.containsBean(TaskManagementConfigUtils.ASYNC_ANNOTATION_PROCESSOR_BEAN_NAME)
                && this.context.getBeanProvider(AsyncConfigurer.class).stream()
                        .noneMatch(ShutdownAdvice::bringsAnExecutor)
                && this.context.getBeanProvider(TaskExecutor.class).getIfUnique() == null
                && !this.context.containsBean(AsyncAnnotationBeanPostProcessor.DEFAULT_TASK_EXECUTOR_BEAN_NAME)) {
            log.warn(
                    "@Async methods that name no executor run on threads that are no bean, and are lost at shutdown: of the "
                            + "executors {} none is @Primary or called 'taskExecutor'. Make one of them so, or name an executor in "
                            + "each @Async.",
                    String.join(", ", executors()));
        }
    }

    /** To ask it might make another one. */
    private static boolean bringsAnExecutor(AsyncConfigurer configurer) {
        Method method = ReflectionUtils.findMethod(AopUtils.getTargetClass(configurer), "getAsyncExecutor");
        return method != null && method.getDeclaringClass() != AsyncConfigurer.class;
    }

    private String[] executors() {
        return this.context.getBeanNamesForType(Executor.class, true, false);
    }
}
