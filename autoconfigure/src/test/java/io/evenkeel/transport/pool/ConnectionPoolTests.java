// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.ListenerRelay;
import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The arithmetic of the pool, in virtual time and with the test as its housekeeper. */
class ConnectionPoolTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualTime time = new VirtualTime();

    @Test
    void theFreshestConnectionIsHandedOutFirst() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(2, 2));
        var two = rig.open(route, 2);
        rig.release(two.get(0));
        this.time.advance(Duration.ofMillis(10));
        rig.release(two.get(1));

        var entry = rig.acquire(route);

        assertThat(entry).isSameAs(two.get(1));
        rig.release(entry);
    }

    @Test
    void surplusLingersUntilItsTimeAndNotLonger() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(1, 9));
        rig.open(route, 5).forEach(rig::release);

        this.time.advance(Duration.ofMillis(500).minusNanos(1));
        rig.sweep();
        assertThat(rig.idle()).isEqualTo(5);

        this.time.advance(Duration.ofNanos(1));
        rig.sweep();
        assertThat(rig.idle()).isEqualTo(1);
        assertThat(rig.events.closed).hasSize(4).containsOnly(CloseReason.SURPLUS);
        server.awaitConnectionsOpen(1, Duration.ofSeconds(2));
    }

    @Test
    void theFreshestStayWhenTheSurplusGoes() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(1, 9));
        var three = rig.open(route, 3);
        for (var entry : three) {
            rig.release(entry);
            this.time.advance(Duration.ofMillis(1));
        }

        this.time.advance(Duration.ofSeconds(1));
        rig.sweep();

        var left = rig.acquire(route);
        assertThat(left).isSameAs(three.get(2));
        rig.release(left);
    }

    @Test
    void aConnectionThatIsPushedOutAfterItsLingerGoesAtOnce() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(1, 9));
        var two = rig.open(route, 2);
        rig.release(two.get(0));
        this.time.advance(Duration.ofSeconds(1));

        rig.release(two.get(1));

        assertThat(rig.idle()).isEqualTo(1);
        assertThat(rig.events.closed).containsExactly(CloseReason.SURPLUS);
    }

    @Test
    void withoutLingerTheSurplusIsClosedOnReturn() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(2, 8, Duration.ZERO, 200));

        rig.open(route, 6).forEach(rig::release);

        assertThat(rig.idle()).isEqualTo(2);
        assertThat(rig.events.closed).hasSize(4).containsOnly(CloseReason.SURPLUS);
    }

    @Test
    void aPoolThatKeepsNothingClosesOnReturn() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(0, 5));

        rig.open(route, 5).forEach(rig::release);

        assertThat(rig.idle()).isZero();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(2));
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void overAllRoutesTheOldestIdleConnectionGoesFirst() throws Exception {
        List<ScriptedServer> servers = new ArrayList<>();
        PoolRig rig = rig(PoolRig.limits(1, 9, Duration.ofMillis(500), 3));
        for (int i = 0; i < 5; i++) {
            servers.add(this.leaks.server(ScriptedServer.http().start()));
            rig.release(rig.open(PoolRig.route(servers.get(i))));
            this.time.advance(Duration.ofMillis(1));
        }

        assertThat(rig.idle()).isEqualTo(3);
        assertThat(rig.pool.stats().keySet())
                .containsExactlyInAnyOrderElementsOf(
                        servers.subList(2, 5).stream().map(PoolRig::route).toList());
        servers.get(0).awaitConnectionsOpen(0, Duration.ofSeconds(2));
        servers.get(1).awaitConnectionsOpen(0, Duration.ofSeconds(2));
    }

    @Test
    void withMaxIdleZeroNothingIsKept() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = rig(PoolRig.limits(1, 9, Duration.ofMillis(500), 0));

        rig.release(rig.open(PoolRig.route(server)));

        assertThat(rig.pool.stats()).isEmpty();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(2));
    }

    @Test
    void nothingIsHandedOutThatIsIdleForTooLongThoughNobodySwept() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.LIMITS);
        rig.release(rig.open(route));
        this.time.advance(PoolRig.LIMITS.idleTimeout());

        var entry = rig.acquire(route);

        assertThat(entry.hasConnection()).isFalse();
        assertThat(rig.events.closed).containsExactly(CloseReason.IDLE);
        rig.pool.release(entry, false);
    }

    @Test
    void aConnectionIsHandedOutUpToTheLastNanosecondOfItsIdleTime() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.LIMITS);
        rig.release(rig.open(route));
        this.time.advance(PoolRig.LIMITS.idleTimeout().minusNanos(1));

        rig.release(rig.acquire(route));

        assertThat(rig.events.acquired).containsExactly(AcquireResult.OPENED, AcquireResult.REUSED);
    }

    @Test
    void nothingIsHandedOutThatIsPastItsLifetime() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.LIMITS);
        var entry = rig.open(route);
        this.time.advance(PoolRig.LIMITS.maxLifetime().minusSeconds(1));
        rig.release(entry);
        this.time.advance(Duration.ofSeconds(1));

        var next = rig.acquire(route);

        assertThat(next.hasConnection()).isFalse();
        assertThat(rig.events.closed).containsExactly(CloseReason.MAX_LIFETIME);
        rig.pool.release(next, false);
    }

    @Test
    void aConnectionThatIsReturnedPastItsLifetimeIsClosed() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        PoolRig rig = rig(PoolRig.LIMITS);
        var entry = rig.open(PoolRig.route(server));
        this.time.advance(PoolRig.LIMITS.maxLifetime());

        rig.release(entry);

        assertThat(rig.events.closed).containsExactly(CloseReason.MAX_LIFETIME);
        assertThat(rig.idle()).isZero();
    }

    @Test
    void anOverflowOfTheClockDoesNoHarm() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        VirtualTime wrapping = VirtualTime.wrappingAfter(Duration.ofMillis(400));
        PoolRig rig = new PoolRig(this.leaks, PoolRig.limits(1, 9), wrapping);
        rig.open(route, 3).forEach(rig::release);

        wrapping.advance(Duration.ofMillis(450));
        rig.sweep();
        assertThat(rig.idle()).isEqualTo(3);
        wrapping.advance(Duration.ofMillis(50));
        rig.sweep();
        assertThat(rig.idle()).isEqualTo(1);
        var entry = rig.acquire(route);
        assertThat(entry.hasConnection()).isTrue();
        rig.release(entry);
        wrapping.advance(PoolRig.LIMITS.idleTimeout());
        rig.sweep();
        assertThat(rig.idle()).isZero();
    }

    @Test
    void callersAreServedInTheOrderOfTheirArrivalAndNobodyOvertakes() throws Exception {
        HttpRoute route = PoolRig.route("strict.example");
        PoolRig rig = rig(PoolRig.limits(1, 0));
        var first = rig.acquire(route);
        List<Integer> served = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            int number = i;
            threads.add(start(() -> {
                var entry = rig.acquire(route);
                served.add(number);
                rig.pool.release(entry, false);
            }));
            eventually("the caller waits", () -> rig.pending() == number + 1);
        }

        // This thread is already running, and asks again and again while the others have yet to wake up.
        rig.pool.release(first, false);
        var newcomer = rig.acquire(route);
        List<Integer> servedBefore = List.copyOf(served);
        rig.pool.release(newcomer, false);

        join(threads);
        assertThat(servedBefore).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
        assertThat(served).isEqualTo(servedBefore);
    }

    @Test
    void aPlaceIsNotFreeBeforeItsConnectionIsClosed() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(1, 1));
        List<Integer> waiting = new ArrayList<>();
        List<Thread> newcomers = new ArrayList<>();
        var first = rig.acquire(route);
        rig.connect(first, new ClosingSocket(() -> {
            newcomers.add(start(() -> rig.pool.release(rig.acquire(route), false)));
            eventually("the newcomer waits", () -> rig.pending() == 1);
            waiting.add(rig.pending());
        }));
        var second = rig.acquire(route);

        rig.pool.release(first, false);

        join(newcomers);
        assertThat(waiting).containsExactly(1);
        rig.pool.release(second, false);
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void whoFindsOnlyConnectionsThatAreOverTakesThePlaceOfOne() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(2, 0));
        rig.open(route, 2).forEach(rig::release);
        this.time.advance(PoolRig.LIMITS.idleTimeout());

        var entry = rig.acquire(route);

        assertThat(entry.hasConnection()).isFalse();
        assertThat(rig.events.closed).hasSize(2).containsOnly(CloseReason.IDLE);
        rig.pool.release(entry, false);
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void aWaiterThatWasCancelledDoesNotTakeItsRouteAwayWithIt() throws Exception {
        HttpRoute route = PoolRig.route("cancelled.example");
        PoolRig rig = rig(PoolRig.limits(1, 0));
        var first = rig.acquire(route);
        Acquisition cancelled = new Acquisition(rig.pool, route, null);
        Thread waiting =
                start(() -> assertThatThrownBy(() -> rig.acquire(cancelled)).isNotNull());
        eventually("the caller waits", () -> rig.pending() == 1);

        // All of it before the waiter has the lock back.
        var second = rig.pool.locked(() -> {
            cancelled.cancel(true);
            rig.pool.release(first, false);
            try {
                return rig.acquire(route);
            } catch (Exception ex) {
                throw new IllegalStateException(ex);
            }
        });
        join(List.of(waiting));

        assertThat(rig.active()).isEqualTo(1);
        rig.pool.release(second, false);
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void aReplayThatIsNeverMadeKeepsNoPlaceWhenItsConnectionComesBackLate() throws Exception {
        HttpRoute route = PoolRig.route("late.example");
        PoolRig rig = rig(PoolRig.limits(1, 0));
        ReplayPlace place = Places.repeatable();
        var entry = rig.acquire(new Acquisition(rig.pool, route, place));
        Places.breakConnection(place);

        // As with an Error: it passes the replay before the outermost layer gives the connection back.
        rig.pool.endReplay(place, route);
        rig.pool.release(entry, false);

        assertThat(rig.pool.stats()).isEmpty();
        rig.pool.release(rig.acquire(route), false);
    }

    @Test
    void aListenerThatThrowsAnErrorCostsNoConnection() throws Exception {
        HttpRoute route = PoolRig.route("listener.example");
        ConnectionPool pool = new ConnectionPool(
                "rig",
                "evenkeel",
                PoolRig.limits(1, 0),
                this.time,
                ListenerRelay.to(new ConnectionListener() {
                    @Override
                    public void acquired(String client, String origin, AcquireResult result, Duration waited) {
                        throw new AssertionError("a listener's own");
                    }
                }),
                new Housekeeper(this.time, () -> false, () -> {}),
                new LeakDetector(this.time));

        for (int i = 0; i < 3; i++) {
            pool.release(new Acquisition(pool, route, null).get(1, TimeUnit.SECONDS), false);
        }

        assertThat(pool.stats()).isEmpty();
    }

    @Test
    void aConnectionThatFailsToCloseDoesNotKeepTheOthersOpen() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.limits(1, 9));
        List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> entries = rig.open(route, 3);
        var odd = rig.acquire(route);
        rig.connect(odd, new ClosingSocket(() -> {
            throw new IllegalStateException("a TLS provider's own");
        }));
        rig.release(odd);
        entries.forEach(rig::release);

        this.time.advance(Duration.ofSeconds(10));
        rig.sweep();

        assertThat(rig.pool.stats()).isEmpty();
        server.awaitConnectionsOpen(0, Duration.ofSeconds(2));
    }

    @Test
    void aSecondReleaseIsRefusedAndDoesNoHarm() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        HttpRoute route = PoolRig.route(server);
        PoolRig rig = rig(PoolRig.LIMITS);
        var entry = rig.open(route);
        rig.release(entry);

        assertThatThrownBy(() -> rig.release(entry)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rig.pool.release(entry, false)).isInstanceOf(IllegalStateException.class);

        assertThat(rig.idle()).isEqualTo(1);
        var again = rig.acquire(route);
        assertThat(again).isSameAs(entry);
        rig.release(again);
    }

    @Test
    void anEntryThatIsNotKnownIsRefusedAndDoesNoHarm() throws Exception {
        HttpRoute known = PoolRig.route("known.example");
        PoolRig rig = rig(PoolRig.LIMITS);
        var entry = rig.acquire(known);

        assertThatThrownBy(() -> rig.pool.release(new PoolEntry<>(known), false))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> rig.pool.release(new PoolEntry<>(PoolRig.route("unknown.example")), false))
                .isInstanceOf(IllegalStateException.class);

        assertThat(rig.active()).isEqualTo(1);
        rig.pool.release(entry, false);
        assertThat(rig.pool.stats()).isEmpty();
    }

    private PoolRig rig(PoolLimits limits) {
        return new PoolRig(this.leaks, limits, this.time);
    }

    private Thread start(Work work) {
        Thread thread = new Thread(() -> {
            try {
                work.run();
            } catch (Exception ex) {
                throw new IllegalStateException(ex);
            }
        });
        thread.start();
        return thread;
    }

    private static void join(List<Thread> threads) throws InterruptedException {
        for (Thread thread : threads) {
            thread.join(10_000);
            assertThat(thread.isAlive()).isFalse();
        }
    }

    /** Tells when it is closed, while it is still open. */
    private static final class ClosingSocket extends Socket {

        private final Work onClose;
        private boolean told;

        ClosingSocket(Work onClose) {
            this.onClose = onClose;
        }

        @Override
        public void close() throws IOException {
            if (this.told) {
                super.close();
                return;
            }
            this.told = true;
            try {
                this.onClose.run();
            } catch (RuntimeException ex) {
                throw ex;
            } catch (Exception ex) {
                throw new IOException(ex);
            } finally {
                super.close();
            }
        }
    }

    @FunctionalInterface
    interface Work {

        void run() throws Exception;
    }
}
