// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.context.LifecycleAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

class GracefulShutdownTests {

    private final Queue<Integer> done = new ConcurrentLinkedQueue<>();

    @Test
    void everyQueuedTaskOfOneThreadIsRun() {
        context().withBean("own", ThreadPoolTaskExecutor.class).run(context -> {
            ThreadPoolTaskExecutor executor = context.getBean("own", ThreadPoolTaskExecutor.class);
            for (int i = 0; i < 21; i++) {
                int number = i;
                executor.execute(() -> {
                    pause(20);
                    this.done.add(number);
                });
            }
            context.close();
            assertThat(this.done).hasSize(21);
        });
    }

    private static void pause(int millis) {
        try {
            assertThat(new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS))
                    .isFalse();
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static ApplicationContextRunner context() {
        return new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(
                        LifecycleAutoConfiguration.class,
                        TaskExecutionAutoConfiguration.class,
                        EvenkeelShutdownAutoConfiguration.class));
    }
}
