// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.Map;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolExecutorFactoryBean;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** What is used of Spring without being promised. If one of these fails after an upgrade, executors are not seen. */
class SpringTaskContractTests {

    @Test
    void executorsKeepTheirDecoratorInAField() throws Exception {
        Field ofPools = ThreadPoolTaskExecutor.class.getDeclaredField("taskDecorator");
        Field ofThreads = SimpleAsyncTaskExecutor.class.getDeclaredField("taskDecorator");

        assertThat(ofPools.getType()).isEqualTo(TaskDecorator.class);
        assertThat(ofThreads.getType()).isEqualTo(TaskDecorator.class);
    }

    @Test
    void aSchedulerThatStartsThreadsHasTwoPools() {
        SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();

        assertThat(ExecutorFields.triggers(scheduler)).isInstanceOf(ScheduledThreadPoolExecutor.class);
        assertThat(ExecutorFields.fixedDelays(scheduler))
                .isInstanceOf(ScheduledThreadPoolExecutor.class)
                .isNotSameAs(ExecutorFields.triggers(scheduler));
        scheduler.close();
    }

    @Test
    void factoriesOfExecutorsKeepThemInAField() {
        ThreadPoolExecutorFactoryBean factory = new ThreadPoolExecutorFactoryBean();
        assertThat(ExecutorFields.pool(factory)).isNull();

        factory.initialize();

        assertThat(ExecutorFields.pool(factory)).isNotNull().isSameAs(factory.getObject());
        factory.shutdown();
    }

    @Test
    void executorsWithALimitCountWhatTheyAccepted() {
        SimpleAsyncTaskExecutor executor = new SimpleAsyncTaskExecutor();
        assertThat(ExecutorFields.rejectsAtLimit(executor)).isFalse();
        executor.setConcurrencyLimit(1);
        executor.setRejectTasksWhenLimitReached(true);
        HeldTask task = new HeldTask();

        executor.execute(task);

        assertThat(ExecutorFields.rejectsAtLimit(executor)).isTrue();
        assertThat(ExecutorFields.accepted(executor)).isEqualTo(1);
        task.releaseAndAwaitEnd();
        DrainRig.await("it is counted out", () -> ExecutorFields.accepted(executor) == 0);
    }

    @Test
    void aTaskWithATriggerSubmitsItsNextRunInAMethodThatIsKnown() throws Exception {
        assertThat(Class.forName(ExecutorFields.TRIGGERED_TASK).getMethod("schedule"))
                .isNotNull();
    }

    @Test
    void theProcessorOfLifecyclesKeepsItsLimitsInAField() {
        DefaultLifecycleProcessor processor = new DefaultLifecycleProcessor();
        processor.setTimeoutForShutdownPhase(1, 2);

        assertThat(new DirectFieldAccessor(processor).getPropertyValue("timeoutsForShutdownPhases"))
                .isEqualTo(Map.of(1, 2L));
    }

    @Test
    void webServersDrainInThePhaseThatIsLimited() {
        assertThat(GracefulShutdown.WEB_SERVER_DRAIN_PHASE)
                .isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
        assertThat(GracefulShutdown.PHASE).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
    }
}
