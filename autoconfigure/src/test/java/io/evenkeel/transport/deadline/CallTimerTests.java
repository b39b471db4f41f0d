// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Who is late is ended once, and nobody else is. */
class CallTimerTests {

    private static final Duration LONG = Duration.ofMinutes(1);

    private final CallTimer timer = new CallTimer(Ticker.SYSTEM);
    private final AtomicInteger aborted = new AtomicInteger();

    /** The timer itself holds none. */
    private final Queue<TestCall> calls = new ConcurrentLinkedQueue<>();

    @AfterEach
    void endsItsThread() throws Exception {
        this.timer.close();
        eventually("no thread is left", () -> thread() == null);
    }

    private static Thread thread() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("evenkeel-call-timer"))
                .findFirst()
                .orElse(null);
    }

    private CallDeadline call(Duration limit, Runnable abort) {
        TestCall call = new TestCall(abort);
        this.calls.add(call);
        return call.begin(limit, this.timer);
    }

    @Test
    void thereIsNoThreadWithoutACall() {
        assertThat(thread()).isNull();
    }

    @Test
    void aCallThatIsLateIsEndedOnce() throws Exception {
        CallDeadline call = call(Duration.ofMillis(20), this.aborted::incrementAndGet);

        eventually("it is ended", () -> this.aborted.get() == 1);

        assertThat(call.isOver()).isTrue();
        assertThat(call.end()).isFalse();
        assertThat(this.timer.running()).isZero();
        assertThat(thread().isDaemon()).isTrue();
    }

    @Test
    void aCallThatEndsInTimeIsLeftAlone() {
        CallDeadline call = call(LONG, this.aborted::incrementAndGet);

        assertThat(call.end()).isTrue();

        assertThat(call.isOver()).isFalse();
        assertThat(this.timer.running()).isZero();
        assertThat(this.aborted).hasValue(0);
    }

    @Test
    void aShorterCallIsEndedBeforeALongerOneThatCameFirst() throws Exception {
        CallDeadline longer = call(LONG, this.aborted::incrementAndGet);
        CountDownLatch ended = new CountDownLatch(1);
        call(Duration.ofMillis(20), ended::countDown);

        assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();

        assertThat(longer.isOver()).isFalse();
        assertThat(this.timer.running()).isOne();
    }

    @Test
    void oneThatCannotBeEndedDoesNotKeepTheOthers() throws Exception {
        call(Duration.ofMillis(10), () -> {
            throw new AssertionError("broken");
        });
        call(Duration.ofMillis(20), this.aborted::incrementAndGet);

        eventually("the other is ended", () -> this.aborted.get() == 1);
    }

    @Test
    void aCallWhoseTimeIsOverWhenItComesIsEndedToo() throws Exception {
        call(Duration.ZERO, this.aborted::incrementAndGet);

        eventually("it is ended", () -> this.aborted.get() == 1);
    }

    @Test
    void eachOfManyIsEndedOrLeftAloneButNeverBoth() throws Exception {
        int threads = 8;
        int calls = 2000;
        AtomicInteger inTime = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            Random random = new Random(i);
            Thread caller = new Thread(() -> {
                for (int j = 0; j < calls; j++) {
                    CallDeadline call = call(Duration.ofNanos(random.nextInt(300_000)), this.aborted::incrementAndGet);
                    long until = System.nanoTime() + random.nextInt(300_000);
                    while (System.nanoTime() < until) {
                        Thread.onSpinWait();
                    }
                    if (call.end()) {
                        inTime.incrementAndGet();
                    } else {
                        assertThat(call.isOver()).isTrue();
                    }
                }
            });
            callers.add(caller);
            caller.start();
        }
        for (Thread caller : callers) {
            caller.join();
        }

        assertThat(this.timer.running()).isZero();
        assertThat(inTime.get()).isBetween(1, threads * calls - 1);
        // Who noticed by itself that it is late needs nobody to end it.
        assertThat(this.aborted.get()).isBetween(1, threads * calls - inTime.get());
    }
}
