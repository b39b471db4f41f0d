// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.shutdown.HeldTask;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.concurrent.SimpleAsyncTaskScheduler;
import org.springframework.scheduling.concurrent.ThreadPoolTaskScheduler;

/** What schedulers run at the end of their context, and what they do not. */
@ExtendWith(OutputCaptureExtension.class)
class SchedulerEndTests {

    private static final String LATER = "Shutdown: 1 task of scheduler 'own' that would be due later will not run";

    private final ShutdownContexts tasks = new ShutdownContexts();

    @Test
    void whatIsDueIsRun() {
        ShutdownContexts.context()
                .withBean("own", ThreadPoolTaskScheduler.class)
                .run(context -> {
                    ThreadPoolTaskScheduler scheduler = context.getBean(ThreadPoolTaskScheduler.class);
                    HeldTask running = new HeldTask();
                    scheduler.execute(running);
                    running.awaitStart();
                    for (int i = 0; i < 3; i++) {
                        scheduler.schedule(this.tasks.task(i), Instant.now());
                    }
                    ShutdownContexts.releaseWhenClosing(context, running);
                    context.close();
                    assertThat(this.tasks.done()).hasSize(3);
                });
    }

    @Test
    void whatIsDueLaterIsNotWaitedForWhateverItsFlagsSay(CapturedOutput log) {
        ThreadPoolTaskScheduler scheduler = new ThreadPoolTaskScheduler();
        scheduler.setWaitForTasksToCompleteOnShutdown(true);
        scheduler.setAwaitTerminationMillis(500);
        ShutdownContexts.context()
                .withBean("own", ThreadPoolTaskScheduler.class, () -> scheduler)
                .run(context -> {
                    ScheduledFuture<?> later =
                            scheduler.schedule(this.tasks.task(1), Instant.now().plusSeconds(3600));
                    context.close();
                    assertThat(later.isCancelled()).isTrue();
                });
        assertThat(log).contains(LATER).doesNotContain("Timed out");
    }

    @Test
    void aSchedulerOfTheJdkRunsNothingLater(CapturedOutput log) {
        ScheduledThreadPoolExecutor scheduler = new ScheduledThreadPoolExecutor(1);
        ShutdownContexts.context()
                .withBean("own", ScheduledThreadPoolExecutor.class, () -> scheduler)
                .run(context -> {
                    ScheduledFuture<?> later = scheduler.schedule(this.tasks.task(1), 1, TimeUnit.HOURS);
                    context.close();
                    assertThat(later.isCancelled()).isTrue();
                    assertThat(scheduler.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
                });
        assertThat(log).contains(LATER).doesNotContain("Shutdown waits");
    }

    @Test
    void noInterruptHidesWhatWouldBeDueLater(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("own", ThreadPoolTaskScheduler.class)
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .run(context -> {
                    ThreadPoolTaskScheduler scheduler = context.getBean(ThreadPoolTaskScheduler.class);
                    HeldTask running = new HeldTask();
                    scheduler.execute(running);
                    running.awaitStart();
                    scheduler.schedule(this.tasks.task(1), Instant.now().plusSeconds(3600));
                    context.close();
                    running.awaitEnd();
                });
        assertThat(log).contains(LATER).contains("executor 'own': 0 tasks done, 1 interrupted, 0 never started");
    }

    @Test
    void aSchedulerThatStartsThreadsNamesWhatWouldBeDueLater(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("own", SimpleAsyncTaskScheduler.class)
                .run(context -> {
                    context.getBean(SimpleAsyncTaskScheduler.class)
                            .schedule(this.tasks.task(1), Instant.now().plusSeconds(3600));
                    context.close();
                });
        assertThat(log).contains(LATER);
    }

    @Test
    void aSchedulerThatStartsThreadsIsReportedOnce(CapturedOutput log) {
        ShutdownContexts.context()
                .withBean("own", SimpleAsyncTaskScheduler.class)
                .withPropertyValues("evenkeel.shutdown.timeout=100ms")
                .run(context -> {
                    SimpleAsyncTaskScheduler scheduler = context.getBean(SimpleAsyncTaskScheduler.class);
                    HeldTask fixedDelay = new HeldTask();
                    HeldTask fixedRate = new HeldTask();
                    scheduler.scheduleWithFixedDelay(fixedDelay, Duration.ofHours(1));
                    scheduler.scheduleAtFixedRate(fixedRate, Duration.ofHours(1));
                    fixedDelay.awaitStart();
                    fixedRate.awaitStart();
                    context.close();
                    fixedDelay.awaitEnd();
                    fixedRate.awaitEnd();
                    assertThat(fixedDelay.wasInterrupted()).isTrue();
                    assertThat(fixedRate.wasInterrupted()).isTrue();
                });
        assertThat(log)
                .containsOnlyOnce("Shutdown has used up")
                .contains("executor 'own': 0 tasks done, 2 interrupted, 0 never started");
    }

    @Test
    void aSchedulerThatIsPausedBetweenTwoRunsEnds(CapturedOutput log) {
        CountDownLatch first = new CountDownLatch(1);
        ShutdownContexts.context()
                .withBean("own", SimpleAsyncTaskScheduler.class)
                .withPropertyValues("evenkeel.shutdown.timeout=2s")
                .run(context -> {
                    ScheduledFuture<?> runs = context.getBean(SimpleAsyncTaskScheduler.class)
                            .scheduleWithFixedDelay(first::countDown, Duration.ofMillis(50));
                    assertThat(first.await(10, TimeUnit.SECONDS)).isTrue();
                    context.getSourceApplicationContext().pause();
                    // The next run begins, and waits for the end of the pause.
                    while (runs.getDelay(TimeUnit.MILLISECONDS) > -20) {
                        Thread.onSpinWait();
                    }
                    context.close();
                });
        assertThat(log).doesNotContain("used up");
    }
}
