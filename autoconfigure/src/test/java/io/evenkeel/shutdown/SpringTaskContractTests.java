// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import org.junit.jupiter.api.Test;
import org.springframework.beans.DirectFieldAccessor;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
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
    void aSchedulerThatStartsThreadsHasAPoolForFixedDelays() {
        SimpleAsyncTaskScheduler scheduler = new SimpleAsyncTaskScheduler();

        assertThat(new DirectFieldAccessor(scheduler).getPropertyValue("fixedDelayExecutor"))
                .isInstanceOf(ScheduledThreadPoolExecutor.class);
        scheduler.close();
    }

    @Test
    void webServersDrainInThePhaseThatIsLimited() {
        assertThat(ShutdownLifecycle.WEB_SERVER_DRAIN_PHASE)
                .isEqualTo(WebServerApplicationContext.GRACEFUL_SHUTDOWN_PHASE);
        assertThat(ShutdownLifecycle.PHASE).isLessThan(WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE);
    }
}
