// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.time.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** When a drain is over, and what it says, in counted time. */
@ExtendWith(OutputCaptureExtension.class)
class TaskDrainTests {

    @RegisterExtension
    final DrainRig rig = new DrainRig(Duration.ofSeconds(25));

    @Test
    void anExecutorThatWasNeverUsedIsNotWaitedFor(CapturedOutput log) {
        this.rig.pool("mail", 4);
        this.rig.simple("virtual");

        assertThat(this.rig.run()).isEmpty();

        assertThat(this.rig.pauses).isZero();
        assertThat(log).doesNotContain("Shutdown");
    }

    @Test
    void anExecutorThatHasDoneItsWorkIsNotWaitedFor(CapturedOutput log) throws Exception {
        ThreadPoolTaskExecutor executor = this.rig.pool("mail", 4);
        for (int i = 0; i < 20; i++) {
            executor.submit(() -> {}).get();
        }
        this.rig.awaitIdle();

        assertThat(this.rig.run()).isEmpty();

        assertThat(this.rig.pauses).isZero();
        assertThat(log).doesNotContain("Shutdown");
    }

    @Test
    void theThreadsOfAPoolThatCannotBeTrackedProveThatItIsIdle() throws Exception {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor() {};
        executor.initialize();
        this.rig.add("own", executor);
        executor.submit(() -> {}).get();
        this.rig.awaitIdle();

        assertThat(this.rig.run()).isEmpty();

        assertThat(this.rig.pauses).isZero();
    }

    @Test
    void aPoolThatMadeItsThreadsBeforeItWasSeenIsBelievedAfterAQuarterOfASecond() throws Exception {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor() {};
        executor.initialize();
        executor.submit(() -> {}).get();
        awaitParked(executor.getThreadPoolExecutor());
        this.rig.add("own", executor);

        assertThat(this.rig.run()).isEmpty();

        assertThat(this.rig.pauses).isEqualTo(25);
    }

    @Test
    void aLookAtTheBeginningOfTheShutdownSavesThatPause() throws Exception {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor() {};
        executor.initialize();
        executor.submit(() -> {}).get();
        awaitParked(executor.getThreadPoolExecutor());
        this.rig.add("own", executor);
        this.rig.drain().look(this.rig.workloads);
        this.rig.time.advance(Duration.ofMillis(250));

        assertThat(this.rig.run()).isEmpty();

        assertThat(this.rig.pauses).isZero();
    }

    private static void awaitParked(ThreadPoolExecutor pool) {
        DrainRig.await("idle", () -> pool.getActiveCount() == 0 && pool.getCompletedTaskCount() == 1);
    }

    @Test
    void runningAndQueuedTasksAreWaitedFor(CapturedOutput log) {
        ThreadPoolTaskExecutor executor = this.rig.pool("mail", 1);
        HeldTask first = this.rig.held();
        HeldTask second = this.rig.held();
        executor.execute(first);
        executor.execute(second);
        first.awaitStart();
        this.rig.steps(
                () -> {},
                first::releaseAndAwaitEnd,
                () -> second.awaitStart(),
                second::releaseAndAwaitEnd,
                this.rig::awaitIdle);

        assertThat(this.rig.run()).isEmpty();

        assertThat(second.hasEnded()).isTrue();
        assertThat(second.wasInterrupted()).isFalse();
        assertThat(log)
                .contains("Shutdown waits for 'mail' (1 task running, 1 waiting), 25.0s of 25.0s left")
                .contains("all tasks are done, 2 of them since it began");
    }

    @Test
    void aTaskThatEndsAtOnceIsNotWorthALine(CapturedOutput log) {
        HeldTask task = this.rig.held();
        this.rig.pool("mail", 1).execute(task);
        task.awaitStart();
        this.rig.steps(() -> {
            task.release();
            this.rig.awaitIdle();
        });

        assertThat(this.rig.run()).isEmpty();

        assertThat(task.hasEnded()).isTrue();
        assertThat(log).doesNotContain("Shutdown");
    }

    @Test
    void whatATaskSubmitsToAnExecutorThatWasIdleIsWaitedFor() {
        ThreadPoolTaskExecutor a = this.rig.pool("a", 1);
        ThreadPoolTaskExecutor b = this.rig.pool("b", 1);
        HeldTask last = this.rig.held();
        HeldTask middle = this.rig.letGo(new HeldTask(() -> a.execute(last)));
        HeldTask first = this.rig.letGo(new HeldTask(() -> b.execute(middle)));
        a.execute(first);
        first.awaitStart();
        this.rig.steps(
                first::releaseAndAwaitEnd,
                () -> middle.awaitStart().releaseAndAwaitEnd(),
                () -> last.awaitStart(),
                last::releaseAndAwaitEnd,
                this.rig::awaitIdle);

        assertThat(this.rig.run()).isEmpty();

        assertThat(last.hasEnded()).isTrue();
        assertThat(last.wasInterrupted()).isFalse();
    }

    @Test
    void progressIsReportedEveryFiveSeconds(CapturedOutput log) {
        ThreadPoolTaskExecutor executor = this.rig.pool("mail", 1);
        HeldTask task = this.rig.held();
        executor.execute(task);
        executor.execute(() -> {});
        task.awaitStart();
        this.rig.atEachPause(() -> {
            if (this.rig.deadline().elapsed().toMillis() == 12_000) {
                task.release();
                this.rig.awaitIdle();
            }
        });

        assertThat(this.rig.run()).isEmpty();

        assertThat(log.getOut().lines().filter(line -> line.contains("Shutdown")))
                .hasSize(4)
                .element(1)
                .asString()
                .contains("Shutdown still waits for 'mail' (1 task running, 1 waiting), 20.0s of 25.0s left");
        assertThat(log).contains("15.0s of 25.0s left").contains("done, 2 of them since it began 12.");
    }

    @Test
    void atTheEndOfTheBudgetRunningTasksAreInterruptedAndQueuedOnesCancelled(CapturedOutput log) {
        ThreadPoolTaskExecutor executor = this.rig.pool("mail", 2);
        HeldTask one = this.rig.held();
        HeldTask other = this.rig.held();
        executor.execute(one);
        executor.execute(other);
        one.awaitStart();
        other.awaitStart();
        List<Future<?>> waiting = List.of(
                executor.submit(this.rig.held()), executor.submit(this.rig.held()), executor.submit(this.rig.held()));
        this.rig.time.advance(Duration.ofSeconds(6));

        List<Interruption> interruptions = this.rig.run();

        one.awaitEnd();
        other.awaitEnd();
        assertThat(one.wasInterrupted()).isTrue();
        assertThat(other.wasInterrupted()).isTrue();
        assertThat(waiting).allMatch(Future::isCancelled);
        assertThat(this.rig.abortions).isEqualTo(1);
        assertThat(interruptions).singleElement().satisfies(interruption -> {
            assertThat(interruption.executor()).isEqualTo("mail");
            assertThat(interruption.done()).isZero();
            assertThat(interruption.interrupted()).isEqualTo(2);
            assertThat(interruption.stillRunning()).isZero();
            assertThat(interruption.neverStarted()).isEqualTo(3);
        });
        assertThat(log)
                .contains("WARN")
                .containsPattern(
                        "Shutdown has used up its 25.0s, executor 'mail': 0 tasks done, 2 interrupted, 3 never started; the longest has been running for 31.\\ds \\(thread mail-\\d, in io.evenkeel.shutdown.HeldTask.hold\\). Raise evenkeel.shutdown.timeout or the number of its threads, or see why its tasks take so long.");
    }

    @Test
    void onlyExecutorsWithWorkAreReported() {
        this.rig.pool("idle", 1);
        HeldTask task = this.rig.held();
        this.rig.simple("busy").execute(task);
        task.awaitStart();

        List<Interruption> interruptions = this.rig.run();

        assertThat(interruptions).extracting(Interruption::executor).containsExactly("busy");
        task.awaitEnd();
        assertThat(task.wasInterrupted()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aTaskThatIgnoresInterruptsIsGivenUpAfterASecond(boolean pool) {
        HeldTask task = this.rig.letGo(HeldTask.thatIgnoresInterrupts());
        this.rig.doNotAwaitInterruptedTasks();
        if (pool) {
            this.rig.pool("mail", 1).execute(task);
        } else {
            this.rig.simple("mail").execute(task);
        }
        task.awaitStart();

        List<Interruption> interruptions = this.rig.run();

        assertThat(interruptions).singleElement().satisfies(interruption -> {
            assertThat(interruption.interrupted()).isEqualTo(1);
            assertThat(interruption.stillRunning()).isEqualTo(1);
            assertThat(interruption.toString()).contains("1 interrupted (1 of them still running)");
        });
        assertThat(this.rig.deadline().elapsed()).isBetween(Duration.ofMillis(26_000), Duration.ofMillis(26_050));
    }

    @Test
    void withoutTrackingTheAgeOfTheLongestTaskIsALowerBound() {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor() {};
        executor.initialize();
        this.rig.add("own", executor);
        HeldTask task = this.rig.held();
        executor.execute(task);
        task.awaitStart();

        List<Interruption> interruptions = this.rig.run();

        assertThat(interruptions)
                .singleElement()
                .satisfies(interruption -> assertThat(interruption.toString())
                        .contains("the longest has been running for at least 25.0s"));
    }

    @Test
    void withoutBudgetTasksAreInterruptedAtOnce() {
        DrainRig none = new DrainRig(Duration.ZERO);
        ThreadPoolTaskExecutor executor = none.pool("mail", 1);
        HeldTask task = none.held();
        executor.execute(task);
        task.awaitStart();

        assertThat(none.run()).hasSize(1);

        task.awaitEnd();
        assertThat(none.deadline().elapsed()).isLessThanOrEqualTo(Duration.ofSeconds(1));
        executor.shutdown();
    }

    @Test
    void whoeverInterruptsTheClosingThreadEndsTheWait(CapturedOutput log) {
        HeldTask task = this.rig.held();
        this.rig.pool("mail", 1).execute(task);
        task.awaitStart();
        this.rig.steps(() -> {}, () -> Thread.currentThread().interrupt());

        assertThat(this.rig.run()).hasSize(1);

        assertThat(Thread.interrupted()).as("the flag is kept").isTrue();
        assertThat(log).contains("Shutdown was interrupted, executor 'mail'");
        task.awaitEnd();
    }

    @Test
    void anExecutorThatCannotBeShutDownDoesNotKeepTheOthersFromIt(CapturedOutput log) {
        AtomicInteger attempts = new AtomicInteger();
        ThreadPoolTaskExecutor broken = new ThreadPoolTaskExecutor() {
            @Override
            public void shutdown() {
                if (attempts.getAndIncrement() == 0) {
                    throw new IllegalStateException("broken");
                }
                super.shutdown();
            }
        };
        broken.initialize();
        this.rig.add("broken", broken);
        this.rig.doNotAwaitInterruptedTasks();
        HeldTask first = this.rig.held();
        broken.execute(first);
        HeldTask second = this.rig.held();
        this.rig.pool("mail", 1).execute(second);
        first.awaitStart();
        second.awaitStart();

        assertThat(this.rig.run()).hasSize(2);

        second.awaitEnd();
        assertThat(second.wasInterrupted()).isTrue();
        assertThat(log).contains("Executor 'broken' could not be shut down");
    }

    @Test
    void callsThatCannotBeAbortedDoNotHideTheReport(CapturedOutput log) {
        HeldTask task = this.rig.held();
        this.rig.pool("mail", 1).execute(task);
        task.awaitStart();
        Deadline none = Deadline.after(Duration.ZERO, this.rig.time);
        TaskDrain drain = new TaskDrain(none, this.rig.time, nanos -> task.awaitEnd(), () -> {
            throw new IllegalStateException("broken");
        });

        assertThat(drain.drain(() -> this.rig.workloads)).hasSize(1);

        assertThat(log)
                .contains("HTTP calls in flight could not be aborted")
                .contains("Shutdown has used up its 0.0s, executor 'mail': 0 tasks done, 1 interrupted");
    }
}
