// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.CloseReason;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.CountingServer;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.socket.Liveness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What becomes of a connection that is idle for too long to be used, in virtual time. */
class CanaryTests {

    private static final Duration LIMIT = Duration.ofSeconds(2);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualTime time = VirtualTime.wrappingAfter(Duration.ofSeconds(3));
    private ScriptedServer server;
    private HttpRoute route;

    @BeforeEach
    void start() throws Exception {
        this.server = this.leaks.server(ScriptedServer.http().start());
        this.route = PoolRig.route(this.server);
    }

    @Test
    void whatMayNotBeUsedAnyMoreStaysAsTheCanaryOfItsRoute() throws Exception {
        PoolRig rig = rig(1, 9);
        var old = rig.open(this.route);
        release(rig, old);

        pass(rig, Duration.ofSeconds(4));

        assertThat(rig.idle()).isZero();
        assertThat(rig.events.closed).isEmpty();
        var next = repeatable(rig);
        assertThat(next.hasConnection()).isFalse();
        release(rig, next);
    }

    @Test
    void aRouteHasOneCanary() throws Exception {
        PoolRig rig = rig(3, 9);
        rig.open(this.route, 3).forEach(entry -> release(rig, entry));

        pass(rig, Duration.ofSeconds(4));

        assertThat(rig.events.closed).containsExactly(CloseReason.IDLE, CloseReason.IDLE);
        this.server.awaitConnectionsOpen(1, LIMIT);
    }

    @Test
    void aCanaryIsClosedWhenItHasBeenIdleForTheMaximum() throws Exception {
        PoolRig rig = rig(1, 9);
        release(rig, rig.open(this.route));
        pass(rig, Duration.ofSeconds(4));

        pass(rig, Duration.ofSeconds(56).minusNanos(1));
        assertThat(rig.events.closed).isEmpty();
        pass(rig, Duration.ofNanos(1));

        assertThat(rig.events.closed).containsExactly(CloseReason.IDLE);
        assertThat(rig.pool.stats()).isEmpty();
        assertThat(rig.pool.hasIdle()).isFalse();
    }

    @Test
    void aCanaryIsClosedAtTheEndOfItsLife() throws Exception {
        PoolRig rig = new PoolRig(this.leaks, limits(1, 9, 200, Duration.ofSeconds(10)), this.time);
        release(rig, rig.open(this.route));
        pass(rig, Duration.ofSeconds(4));

        pass(rig, Duration.ofSeconds(6));

        assertThat(rig.events.closed).containsExactly(CloseReason.MAX_LIFETIME);
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void theEndOfACanaryTeachesTheBound() throws Exception {
        PoolRig rig = rig(1, 9);
        var canary = rig.open(this.route);
        release(rig, canary);
        pass(rig, Duration.ofSeconds(4));

        pass(rig, Duration.ofSeconds(16));
        closedByServer(rig, canary);

        assertThat(rig.events.closed).containsExactly(CloseReason.EOF);
        release(rig, rig.open(this.route));
        assertThat(rig.events.idleTimeouts).containsExactly(Duration.ofSeconds(4), Duration.ofSeconds(19));
    }

    @Test
    void whatIsKnownOutlivesAllConnections() throws Exception {
        PoolRig rig = rig(1, 9);
        var first = rig.open(this.route);
        release(rig, first);
        this.time.advance(Duration.ofSeconds(2));
        closedByServer(rig, first);
        assertThat(rig.pool.stats()).isEmpty();
        var second = rig.open(this.route);
        release(rig, second);

        this.time.advance(Duration.ofMillis(1900));

        var third = repeatable(rig);
        assertThat(third.hasConnection()).isFalse();
        release(rig, third);
    }

    @Test
    void theRoutesThatWereUsedLongestAgoAreForgotten() throws Exception {
        PoolRig rig = rig(1, 9);
        var first = rig.open(this.route);
        release(rig, first);
        this.time.advance(Duration.ofSeconds(2));
        closedByServer(rig, first);

        for (int i = 0; i < 1024; i++) {
            rig.pool.release(rig.acquire(PoolRig.route("host" + i + ".example")), false);
        }

        release(rig, rig.open(this.route));
        assertThat(rig.events.idleTimeouts).endsWith(Duration.ofSeconds(4));
    }

    // --- careful requests -------------------------------------------------------------------------------------------

    @Test
    void aRequestThatMustNotBeSentTwicePassesByWhatOthersMayRide() throws Exception {
        PoolRig rig = rig(1, 9);
        var idle = rig.open(this.route);
        release(rig, idle);
        this.time.advance(Duration.ofMillis(100));

        var careful = careful(rig);
        var repeatable = repeatable(rig);

        assertThat(careful.hasConnection()).isFalse();
        assertThat(repeatable).isSameAs(idle);
        release(rig, careful);
        release(rig, repeatable);
    }

    @Test
    void aRequestThatMustNotBeSentTwiceRidesWhatWasUsedAMomentAgo() throws Exception {
        PoolRig rig = rig(1, 9);
        var idle = rig.open(this.route);
        release(rig, idle);
        this.time.advance(Duration.ofMillis(100).minusNanos(1));

        var careful = careful(rig);

        assertThat(careful).isSameAs(idle);
        release(rig, careful);
    }

    @Test
    void aRequestWithoutAKnownRightToAReplayIsCareful() throws Exception {
        PoolRig rig = rig(1, 9);
        release(rig, rig.open(this.route));
        this.time.advance(Duration.ofMillis(100));

        var unknown = rig.acquire(new Acquisition(rig.pool, this.route, null));

        assertThat(unknown.hasConnection()).isFalse();
        release(rig, unknown);
    }

    @Test
    void whatWasPassedByBecomesTheCanaryWhenAFresherOneTakesItsPlace() throws Exception {
        PoolRig rig = rig(1, 9);
        var idle = rig.open(this.route);
        release(rig, idle);
        this.time.advance(Duration.ofSeconds(1));
        var careful = careful(rig);
        rig.connect(careful);

        release(rig, careful);

        assertThat(rig.idle()).isEqualTo(1);
        assertThat(rig.events.closed).isEmpty();
        this.server.awaitConnectionsOpen(2, LIMIT);
        this.time.advance(Duration.ofSeconds(19));
        closedByServer(rig, idle);
        assertThat(rig.events.closed).containsExactly(CloseReason.EOF);
    }

    @Test
    void surplusOfABurstIsNoCanary() throws Exception {
        PoolRig rig = rig(1, 9);
        rig.open(this.route, 5).forEach(entry -> release(rig, entry));

        pass(rig, Duration.ofMillis(500));

        assertThat(rig.events.closed).hasSize(4).containsOnly(CloseReason.SURPLUS);
        this.server.awaitConnectionsOpen(1, LIMIT);
    }

    @Test
    void atTheCapACarefulRequestTakesThePlaceOfWhatItMayNotRide() throws Exception {
        PoolRig rig = rig(1, 0);
        release(rig, rig.open(this.route));
        this.time.advance(Duration.ofSeconds(1));

        var careful = careful(rig);

        assertThat(careful.hasConnection()).isFalse();
        assertThat(rig.events.closed).containsExactly(CloseReason.SURPLUS);
        this.server.awaitConnectionsOpen(0, LIMIT);
        release(rig, careful);
    }

    @Test
    void theOldestGivesWayAtTheCap() throws Exception {
        PoolRig rig = rig(2, 0);
        var two = rig.open(this.route, 2);
        release(rig, two.get(0));
        this.time.advance(Duration.ofMillis(300));
        release(rig, two.get(1));
        this.time.advance(Duration.ofMillis(300));

        var careful = careful(rig);
        var left = repeatable(rig);

        assertThat(left).isSameAs(two.get(1));
        release(rig, careful);
        release(rig, left);
    }

    @Test
    void theCanaryGivesWayAtTheCap() throws Exception {
        PoolRig rig = rig(1, 1);
        var two = rig.open(this.route, 2);
        release(rig, two.get(0));
        rig.pool.release(two.get(1), false);
        pass(rig, Duration.ofSeconds(4));
        this.server.awaitConnectionsOpen(1, LIMIT);

        var one = careful(rig);
        assertThat(rig.events.closed).hasSize(1);
        var other = careful(rig);

        assertThat(rig.events.closed).containsExactly(CloseReason.NOT_REUSABLE, CloseReason.SURPLUS);
        this.server.awaitConnectionsOpen(0, LIMIT);
        release(rig, one);
        release(rig, other);
    }

    // --- bounds -----------------------------------------------------------------------------------------------------

    @Test
    void thereAreNoMoreCanarysThanIdleConnectionsMayBe() throws Exception {
        CountingServer many = this.leaks.closeAfter(new CountingServer("0.0.0.0"));
        this.leaks.port(many.port());
        PoolRig rig = new PoolRig(this.leaks, limits(1, 9, 3, Duration.ofMinutes(5)), this.time);
        for (int round = 0; round < 2; round++) {
            for (int i = 1; i <= 3; i++) {
                HttpRoute other = PoolRig.route("127.0." + round + "." + i, many.port());
                release(rig, rig.open(other));
            }
            pass(rig, Duration.ofSeconds(4));
        }

        assertThat(rig.events.closed).hasSize(3).containsOnly(CloseReason.IDLE);
        eventually("three are open", () -> many.openNow() == 3);
    }

    @Test
    void closingThePoolClosesCanaries() throws Exception {
        PoolRig rig = rig(1, 9);
        release(rig, rig.open(this.route));
        pass(rig, Duration.ofSeconds(4));

        rig.pool.close();

        assertThat(rig.events.closed).containsExactly(CloseReason.SHUTDOWN);
        this.server.awaitConnectionsOpen(0, LIMIT);
    }

    @Test
    void aReloadClosesCanaries() throws Exception {
        PoolRig rig = rig(1, 9);
        release(rig, rig.open(this.route));
        pass(rig, Duration.ofSeconds(4));
        assertThat(rig.events.closed).isEmpty();

        rig.reload();
        rig.pool.closeOutdated();

        assertThat(rig.events.closed).containsExactly(CloseReason.RELOAD);
        this.server.awaitConnectionsOpen(0, LIMIT);
    }

    @Test
    void closingWhatIsIdleClosesCanaries() throws Exception {
        PoolRig rig = rig(1, 9);
        release(rig, rig.open(this.route));
        pass(rig, Duration.ofSeconds(4));

        rig.pool.closeIdle(0);

        assertThat(rig.events.closed).containsExactly(CloseReason.IDLE);
        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void withoutLearningThereIsNoCanary() throws Exception {
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, this.time);
        release(rig, rig.open(this.route));

        pass(rig, Duration.ofSeconds(4));

        assertThat(rig.events.closed).containsExactly(CloseReason.IDLE);
    }

    // --- a break ----------------------------------------------------------------------------------------------------

    @Test
    void whatIsAsOldAsAConnectionThatBrokeIsDroppedWithIt() throws Exception {
        PoolRig rig = rig(4, 9);
        List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> all = new ArrayList<>(rig.open(this.route, 4));
        for (int i = 0; i < 3; i++) {
            release(rig, all.get(i));
            this.time.advance(Duration.ofMillis(200));
        }
        var broken = repeatable(rig);
        assertThat(broken).isSameAs(all.get(2));
        release(rig, all.get(3));

        PooledConnection connection = (PooledConnection) broken.getConnection();
        connection.history().idleAge().end(this.time.nanoTime());
        connection.history().brokeBeforeResponse();
        rig.pool.release(broken, false);

        assertThat(rig.events.closed)
                .containsExactlyInAnyOrder(CloseReason.NOT_REUSABLE, CloseReason.LEARNED, CloseReason.LEARNED);
        var left = repeatable(rig);
        assertThat(left.hasConnection())
                .as("events %s bound %s", rig.events.closed, rig.events.idleTimeouts)
                .isTrue();
        assertThat(left).isSameAs(all.get(3));
        release(rig, left);
    }

    @Test
    void whatBreaksBeforeItWasEverIdleTeachesNothing() throws Exception {
        PoolRig rig = rig(1, 9);
        var busy = rig.open(this.route);
        for (int i = 0; i < 3; i++) {
            var fresh = rig.open(this.route);
            PooledConnection connection = (PooledConnection) fresh.getConnection();
            // As between a challenge and the answer to it.
            connection.resume();
            connection.history().brokeBeforeResponse();
            rig.pool.release(fresh, false);
        }

        release(rig, busy);

        var next = repeatable(rig);
        assertThat(next).isSameAs(busy);
        release(rig, next);
    }

    // ----------------------------------------------------------------------------------------------------------------

    private PoolRig rig(int maxSize, int maxOverflow) {
        return new PoolRig(this.leaks, limits(maxSize, maxOverflow, 200, Duration.ofMinutes(5)), this.time);
    }

    private static PoolLimits limits(int maxSize, int maxOverflow, int maxIdle, Duration maxLifetime) {
        PoolLimits d = PoolLimits.DEFAULTS;
        return new PoolLimits(
                maxSize,
                maxOverflow,
                d.overflowLinger(),
                maxIdle,
                d.acquireTimeout(),
                d.idleTimeout(),
                d.maxIdleTimeout(),
                true,
                maxLifetime);
    }

    private void pass(PoolRig rig, Duration duration) {
        this.time.advance(duration);
        rig.sweep();
    }

    private void closedByServer(PoolRig rig, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        PooledConnection connection = (PooledConnection) entry.getConnection();
        // As if it had been watched: a moment ago it was alive.
        connection.history().idleAge().seenAlive(connection.history().idleAge().least(this.time.nanoTime()) - 1);
        rig.pool.evict(Map.of(connection, Liveness.EOF), this.time.nanoTime());
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> careful(PoolRig rig) throws Exception {
        return rig.acquire(new Acquisition(rig.pool, this.route, Places.careful()));
    }

    private PoolEntry<HttpRoute, ManagedHttpClientConnection> repeatable(PoolRig rig) throws Exception {
        return rig.acquire(new Acquisition(rig.pool, this.route, Places.repeatable()));
    }

    /** Gives it back as HttpClient does after an answer without a hint. */
    private static void release(PoolRig rig, PoolEntry<HttpRoute, ManagedHttpClientConnection> entry) {
        entry.updateExpiry(TimeValue.NEG_ONE_MILLISECOND);
        rig.pool.release(entry, entry.hasConnection());
    }
}
