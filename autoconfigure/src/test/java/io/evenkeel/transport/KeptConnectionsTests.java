// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.RouteSnapshot;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.pool.PoolRig;
import io.evenkeel.transport.support.Origins;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import org.apache.hc.client5.http.HttpRoute;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;

/** What the pool says of its connections: its advice, and its decisions. */
class KeptConnectionsTests {

    private static final Logger logger = (Logger) LoggerFactory.getLogger("io.evenkeel");

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualTime time = new VirtualTime();

    private final ListAppender<ILoggingEvent> log = new ListAppender<>();

    @BeforeEach
    void listen() {
        this.log.start();
        logger.addAppender(this.log);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(this.log);
        logger.setLevel(null);
    }

    @Test
    void burstsAreRecommendedForWhetherSurplusLingersOrNot() throws Exception {
        for (Duration linger : List.of(Duration.ZERO, Duration.ofMillis(500))) {
            HttpRoute route = route();
            PoolRig rig = rig(PoolRig.limits(1, 9, linger, 200));
            for (int i = 0; i < 20; i++) {
                rig.open(route, 4).forEach(rig::release);
            }

            assertThat(only(rig).recommended()).as("linger %s", linger).hasValue(4);
        }
    }

    @Test
    void oneRequestAfterTheOtherIsServedByWhatIsKept() throws Exception {
        HttpRoute route = route();
        PoolRig rig = rig(PoolRig.LIMITS);
        for (int i = 0; i < 20; i++) {
            rig.release(rig.open(route));
        }

        assertThat(only(rig).recommended()).hasValue(1);
    }

    @Test
    void aConnectionThatMayNotBeReusedIsNoReasonToKeepMore() throws Exception {
        HttpRoute route = route();
        PoolRig rig = rig(PoolRig.LIMITS);
        for (int i = 0; i < 20; i++) {
            rig.open(route, 4).forEach(entry -> rig.pool.release(entry, false));
        }

        assertThat(only(rig).recommended()).hasValue(1);
    }

    @Test
    void whatIsKnownOfARouteOutlivesItsConnectionsForAnHour() throws Exception {
        HttpRoute route = route();
        PoolRig rig = rig(PoolRig.limits(1, 9));
        for (int i = 0; i < 20; i++) {
            rig.open(route, 4).forEach(rig::release);
        }
        this.time.advance(Duration.ofMinutes(10));
        rig.sweep();

        assertThat(only(rig)).isEqualTo(new RouteSnapshot(Origins.of(route), 0, 0, 0, OptionalInt.of(4)));
        assertThat(rig.pool.stats()).isEmpty();

        this.time.advance(Duration.ofMinutes(50));
        assertThat(rig.pool.snapshot().routes()).isEmpty();
    }

    @Test
    void aThousandRoutesAreRememberedAndNoMore() throws Exception {
        PoolRig rig = rig(PoolRig.LIMITS);
        for (int i = 0; i < 3000; i++) {
            rig.pool.release(rig.acquire(PoolRig.route("h" + i + ".example")), false);
        }

        assertThat(rig.pool.snapshot().routes())
                .hasSize(1024)
                .extracting(RouteSnapshot::route)
                .contains("http://h2999.example")
                .doesNotContain("http://h0.example");
    }

    @Test
    void theAdviceIsLoggedOnceAnHourWithTheKey() throws Exception {
        HttpRoute route = route();
        PoolRig rig = rig(PoolRig.limits(1, 9));
        for (int hour = 0; hour < 3; hour++) {
            for (int i = 0; i < 60; i++) {
                rig.open(route, 4).forEach(rig::release);
            }
            this.time.advance(Duration.ofHours(1));
        }

        // The first of the first hour have no connection from before, and none of those that come after an hour.
        String advice = "client 'rig', " + Origins.of(route)
                + ": 177 of 240 requests within an hour found no kept connection, because only 1 is kept; "
                + "evenkeel.pool.max-size: 4 would have spared 95 % of them";
        assertThat(lines(Level.INFO)).containsExactly(advice, advice);
    }

    @Test
    void aRouteThatNeedsNoMoreIsNotAdvised() throws Exception {
        HttpRoute route = route();
        PoolRig rig = rig(PoolRig.limits(4, 9));
        for (int hour = 0; hour < 3; hour++) {
            for (int i = 0; i < 60; i++) {
                rig.open(route, 4).forEach(rig::release);
            }
            this.time.advance(Duration.ofHours(1));
        }

        assertThat(lines(Level.INFO)).isEmpty();
    }

    @Test
    void everyDecisionIsOneLineAtDebug() throws Exception {
        logger.setLevel(Level.DEBUG);
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.ticker(this.time));
        String who = "client 'default', " + Origins.of(PoolRig.route(server)) + ": ";

        client.get(server.uri("/"));
        this.time.advance(Duration.ofMillis(1200));
        client.get(server.uri("/"));
        server.closeConnections();
        client.get(server.uri("/"));
        this.time.advance(Duration.ofSeconds(3));
        client.pools.closeIdle();

        assertThat(client.events.closed).containsExactly(CloseReason.EOF, CloseReason.IDLE);
        assertThat(lines(Level.DEBUG))
                .containsExactly(
                        who + "connection to be opened, as none is idle",
                        who + "connections are used again up to an idle time of 4s",
                        who + "connection reused, idle for 1.2s",
                        who + "connection closed, reason eof, age 1.2s",
                        "GET " + Origins.of(PoolRig.route(server)) + ": goes on to another connection",
                        who + "connection to be opened, as the idle one is dead",
                        who + "connection closed, reason idle, age 3s");
    }

    @Test
    void aboveDebugNothingIsSaidOfDecisions() throws Exception {
        HttpRoute route = route();
        PoolRig rig = rig(PoolRig.LIMITS);

        rig.release(rig.open(route));
        rig.release(rig.open(route));

        assertThat(this.log.list).isEmpty();
    }

    private List<String> lines(Level level) {
        return this.log.list.stream()
                .filter(event -> event.getLevel() == level)
                .map(ILoggingEvent::getFormattedMessage)
                .toList();
    }

    private static RouteSnapshot only(PoolRig rig) {
        List<RouteSnapshot> routes = rig.pool.snapshot().routes();
        assertThat(routes).hasSize(1);
        return routes.get(0);
    }

    private HttpRoute route() {
        return PoolRig.route(this.leaks.server(ScriptedServer.http().start()));
    }

    private PoolRig rig(PoolLimits limits) {
        return new PoolRig(this.leaks, limits, this.time);
    }
}
