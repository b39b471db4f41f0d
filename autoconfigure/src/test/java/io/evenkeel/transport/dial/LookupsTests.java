// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.deadline.BoundedCall;
import io.evenkeel.transport.deadline.CallTimer;
import io.evenkeel.transport.deadline.TestCall;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A look-up that hangs costs its caller no more than the time of its call, and others nothing, as far as that goes. */
class LookupsTests {

    private static final Duration SHORT = Duration.ofMillis(30);

    private static final Duration LONG = Duration.ofSeconds(20);

    private final Lookups lookups = new Lookups(Ticker.SYSTEM);
    private final CallTimer timer = new CallTimer(Ticker.SYSTEM);
    private final CountDownLatch released = new CountDownLatch(1);
    private final AtomicInteger begun = new AtomicInteger();

    @AfterEach
    void end() throws Exception {
        this.released.countDown();
        eventually("no look-up is left", () -> this.lookups.running() == 0);
        this.lookups.close();
        this.timer.close();
        eventually(
                "no thread is left",
                () -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().startsWith("evenkeel-lookup")));
    }

    private HttpContext call(Duration limit) {
        HttpContext context = HttpClientContext.create();
        TestCall call = new TestCall(() -> {});
        call.begin(limit, this.timer);
        context.setAttribute(BoundedCall.ATTRIBUTE, call);
        return context;
    }

    private String hang() throws Exception {
        this.begun.incrementAndGet();
        this.released.await();
        return "found";
    }

    private FutureTask<String> async(HttpContext call, Object name, Callable<String> lookup) {
        FutureTask<String> task = new FutureTask<>(() -> this.lookups.lookUp(call, name, lookup));
        new Thread(task, "caller").start();
        return task;
    }

    /** A look-up hangs, and nobody waits for it any more. */
    private void leaveBehind(Object name) throws Exception {
        int before = this.begun.get();
        HttpContext call = call(LONG);
        Thread caller = new Thread(() -> catchThrowable(() -> this.lookups.lookUp(call, name, this::hang)));
        caller.start();
        eventually("it was begun", () -> this.begun.get() == before + 1);
        caller.interrupt();
        caller.join();
    }

    @Test
    void aCallWithoutABoundLooksUpByItself() throws Exception {
        Thread[] thread = new Thread[1];

        String found = this.lookups.lookUp(HttpClientContext.create(), "a", () -> {
            thread[0] = Thread.currentThread();
            return "found";
        });

        assertThat(found).isEqualTo("found");
        assertThat(thread[0]).isSameAs(Thread.currentThread());
    }

    @Test
    void aCallWithABoundGetsWhatAnotherThreadFinds() throws Exception {
        Thread[] thread = new Thread[1];

        String found = this.lookups.lookUp(call(LONG), "a", () -> {
            thread[0] = Thread.currentThread();
            return "found";
        });

        assertThat(found).isEqualTo("found");
        assertThat(thread[0].getName()).startsWith("evenkeel-lookup-");
        assertThat(thread[0].isDaemon()).isTrue();
    }

    @Test
    void failuresAreThoseOfTheLookUp() {
        UnknownHostException unknown = new UnknownHostException("nobody");
        IllegalStateException broken = new IllegalStateException("broken resolver");

        assertThatThrownBy(() -> this.lookups.lookUp(call(LONG), "a", () -> {
                    throw unknown;
                }))
                .isSameAs(unknown);
        assertThatThrownBy(() -> this.lookups.lookUp(call(LONG), "b", () -> {
                    throw broken;
                }))
                .isSameAs(broken);
    }

    @Test
    void oneThatHangsIsLeftBehindWhenTheTimeOfTheCallIsOver() throws Exception {
        FutureTask<String> first = async(call(LONG), "a", this::hang);
        eventually("it was begun", () -> this.begun.get() == 1);

        assertThatThrownBy(() -> this.lookups.lookUp(call(SHORT), "a", this::hang))
                .isInstanceOf(SocketTimeoutException.class);

        assertThat(this.lookups.running()).isOne();
        this.released.countDown();
        assertThat(first.get(10, TimeUnit.SECONDS)).isEqualTo("found");
    }

    @Test
    void whoLooksUpTheSameWaitsForTheSame() throws Exception {
        List<FutureTask<String>> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            callers.add(async(call(LONG), "a", this::hang));
        }
        eventually("it was begun", () -> this.begun.get() == 1);
        this.released.countDown();

        for (FutureTask<String> caller : callers) {
            assertThat(caller.get(10, TimeUnit.SECONDS)).isEqualTo("found");
        }
        // Callers have what was found before its thread has put the look-up away.
        eventually("no look-up is left", () -> this.lookups.running() == 0);
    }

    @Test
    void oneNameThatHangsDoesNotTakeTheLookUpsOfOthers() throws Exception {
        leaveBehind("hangs");
        for (int i = 0; i < 3 * Lookups.MOST; i++) {
            assertThat(catchThrowable(() -> this.lookups.lookUp(call(SHORT), "hangs", this::hang)))
                    .isInstanceOf(SocketTimeoutException.class);
        }

        assertThat(this.begun).hasValue(1);
        assertThat(this.lookups.lookUp(call(LONG), "works", () -> "found")).isEqualTo("found");
    }

    @Test
    void whenAllHangCallsAreTurnedAwayUntilOneEnds() throws Exception {
        for (int i = 0; i < Lookups.MOST; i++) {
            leaveBehind("hangs-" + i);
        }
        assertThatThrownBy(() -> this.lookups.lookUp(call(LONG), "other", () -> "found"))
                .isInstanceOf(Lookups.StuckException.class)
                .hasMessageContaining("8 look-ups of hosts hang");

        this.released.countDown();
        eventually("no look-up is left", () -> this.lookups.running() == 0);

        assertThat(this.lookups.lookUp(call(LONG), "other", () -> "found")).isEqualTo("found");
    }

    @Test
    void moreThanRunAtATimeWaitInLine() throws Exception {
        List<FutureTask<String>> callers = new ArrayList<>();
        for (int i = 0; i < 2 * Lookups.MOST; i++) {
            callers.add(async(call(LONG), "slow-" + i, this::hang));
        }
        eventually("as many as may have begun", () -> this.begun.get() == Lookups.MOST);
        eventually("all are known", () -> this.lookups.running() == 2 * Lookups.MOST);
        this.released.countDown();

        for (FutureTask<String> caller : callers) {
            assertThat(caller.get(10, TimeUnit.SECONDS)).isEqualTo("found");
        }
    }

    @Test
    void whatNobodyWaitsForAnyMoreIsNotBegun() throws Exception {
        List<FutureTask<String>> callers = new ArrayList<>();
        for (int i = 0; i < Lookups.MOST; i++) {
            callers.add(async(call(LONG), "slow-" + i, this::hang));
        }
        eventually("as many as may have begun", () -> this.begun.get() == Lookups.MOST);

        assertThat(catchThrowable(() -> this.lookups.lookUp(call(SHORT), "late", this::hang)))
                .isInstanceOf(SocketTimeoutException.class);
        assertThat(this.lookups.running()).isEqualTo(Lookups.MOST);
        this.released.countDown();
        for (FutureTask<String> caller : callers) {
            caller.get(10, TimeUnit.SECONDS);
        }

        assertThat(this.begun).hasValue(Lookups.MOST);
    }

    @Test
    void anInterruptEndsTheWait() throws Exception {
        Throwable[] thrown = new Throwable[1];
        boolean[] interrupted = new boolean[1];
        Thread caller = new Thread(() -> {
            thrown[0] = catchThrowable(() -> this.lookups.lookUp(call(LONG), "a", this::hang));
            interrupted[0] = Thread.currentThread().isInterrupted();
        });
        caller.start();
        eventually("it was begun", () -> this.begun.get() == 1);
        caller.interrupt();
        caller.join();

        assertThat(thrown[0]).isInstanceOf(InterruptedIOException.class);
        assertThat(interrupted[0]).isTrue();
    }
}
