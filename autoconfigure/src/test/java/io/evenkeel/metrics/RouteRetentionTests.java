// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static io.evenkeel.metrics.MeteredPools.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.RouteSnapshot;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class RouteRetentionTests {

    private final MeteredPools pools = new MeteredPools();

    private final ConnectionMeters meters = new ConnectionMeters(this.pools, true, 2, this.pools);

    private final SimpleMeterRegistry registry = ConnectionMetersTests.simpleRegistry();

    RouteRetentionTests() {
        this.meters.bindTo(this.registry);
    }

    @Test
    void aRouteThatReturnsWithinTheHourGoesOnCounting() {
        lease("a");
        for (int i = 0; i < 59; i++) {
            this.pools.advance(Duration.ofMinutes(1));
            lease("b");
        }
        this.pools.advance(Duration.ofMinutes(1));
        lease("a");

        assertThat(leases("a")).isEqualTo(2);
    }

    @Test
    void aRouteIsRemovedAnHourAfterItsLastUseAndStartsFromZeroWhenItReturns() {
        ConnectionMetersTests.fireEverything(this.meters, "payments", "a");
        this.pools.advance(SeriesTable.KEPT.plusSeconds(1));
        lease("b");

        assertThat(routes()).containsExactly("b");

        lease("a");
        assertThat(leases("a")).isEqualTo(1);
    }

    @Test
    void thePlaceOfARemovedRouteIsFree() {
        lease("a");
        lease("b");
        lease("c");
        assertThat(routes()).containsExactly("a", "b", "other");

        this.pools.advance(SeriesTable.KEPT.plusSeconds(1));
        lease("c");

        assertThat(routes()).containsExactly("c");
    }

    @Test
    void everyKindOfEventIsAUse() {
        this.meters.idleTimeoutChanged("payments", "a", Duration.ofSeconds(4));
        this.pools.advance(Duration.ofMinutes(40));
        this.meters.closed("payments", "a", CloseReason.IDLE, Duration.ofMinutes(1));
        this.pools.advance(Duration.ofMinutes(40));
        lease("b");

        assertThat(routes()).containsExactly("a", "b");
    }

    @Test
    void aRouteWithAnOpenConnectionIsInUseHoweverLongTheExchangeTakes() {
        lease("a");
        this.pools.are(pool("payments", new RouteSnapshot("a", 1, 0, 0)));
        for (int i = 0; i < 3; i++) {
            this.pools.advance(Duration.ofMinutes(59));
            lease("b");
        }

        assertThat(routes()).containsExactly("a", "b");
        assertThat(leases("a")).isEqualTo(1);
    }

    @Test
    void aClientIsForgottenWithItsLastRouteUnlessItHasAPool() {
        this.meters.acquired("gone", "a", AcquireResult.OPENED, Duration.ZERO);
        this.meters.acquired("silent", "a", AcquireResult.OPENED, Duration.ZERO);
        this.pools.are(pool("silent"));
        this.pools.advance(SeriesTable.KEPT.plusSeconds(1));
        lease("b");

        assertThat(this.registry.get("evenkeel.pools").meters())
                .extracting(meter -> meter.getId().getTag("client"))
                .containsExactlyInAnyOrder("silent", "payments");
        assertThat(routes()).containsExactly("b");
    }

    @Test
    void metersAreLookedThroughOnceAMinuteAtMost() {
        int before = this.pools.snapshots();
        for (int second = 0; second < 600; second++) {
            this.pools.advance(Duration.ofSeconds(1));
            lease("a");
        }

        assertThat(this.pools.snapshots() - before).isEqualTo(10);
    }

    @Test
    void aRemovedRouteIsNotExposedToPrometheusAnyMoreAndMayReturn() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.meters.bindTo(prometheus);
        ConnectionMetersTests.fireEverything(this.meters, "payments", "a");
        this.pools.advance(SeriesTable.KEPT.plusSeconds(1));
        lease("b");
        assertThat(prometheus.scrape()).contains("route=\"b\"").doesNotContain("route=\"a\"");

        lease("a");

        assertThat(prometheus.scrape()).contains("route=\"a\"");
    }

    @Test
    void instancesOfNowGetThePlacesOfThoseThatAreGone() {
        for (int i = 0; i < 10_000; i++) {
            lease("http://10.0.%d.%d:8080".formatted(i / 250, i % 250));
            this.pools.advance(Duration.ofMillis(20));
        }
        // For 200 s: no place is free yet, as each was used within the last ten minutes.
        assertThat(routes()).containsExactly("http://10.0.0.0:8080", "http://10.0.0.1:8080", "other");

        Duration waited = Duration.ZERO;
        while (!routes().contains("now-a") || !routes().contains("now-b")) {
            assertThat(waited).isLessThan(SeriesTable.KEPT_WHEN_CROWDED.plus(SeriesTable.BETWEEN_PURGES));
            this.pools.advance(Duration.ofSeconds(1));
            waited = waited.plusSeconds(1);
            lease("now-a");
            lease("now-b");
        }

        assertThat(routes()).containsExactly("now-a", "now-b", "other");
    }

    @Test
    void aRouteWithAnOpenConnectionKeepsItsPlaceHoweverManyOthersThereAre() {
        lease("download");
        this.pools.are(pool("payments", new RouteSnapshot("download", 1, 0, 0)));
        for (int i = 0; i < 60; i++) {
            lease("b" + i);
            this.pools.advance(Duration.ofMinutes(1));
        }

        assertThat(routes()).contains("download");
        assertThat(leases("download")).isEqualTo(1);
    }

    @Test
    void aHundredThousandRoutesUsedOnceLeaveNothingBehind() {
        int mostMeters = 0;
        for (int i = 0; i < 100_000; i++) {
            ConnectionMetersTests.fireEverything(this.meters, "payments", "https://h%d.example.com".formatted(i));
            this.pools.advance(Duration.ofMillis(200));
            if (i % 1000 == 0) {
                mostMeters = Math.max(mostMeters, this.registry.getMeters().size());
            }
        }
        assertThat(mostMeters).isLessThanOrEqualTo(3 * 33 + 108);

        this.pools.advance(SeriesTable.KEPT.plusSeconds(1));
        this.meters.acquired("orders", "a", AcquireResult.OPENED, Duration.ZERO);

        assertThat(this.registry.getMeters())
                .extracting(meter -> meter.getId().getTag("client"))
                .containsOnly("orders");
    }

    private void lease(String route) {
        this.meters.acquired("payments", route, AcquireResult.REUSED, Duration.ofMillis(1));
    }

    private long leases(String route) {
        Timer timer = this.registry
                .get("evenkeel.connections.acquire")
                .tags("route", route, "result", "reused")
                .timer();
        return timer.count();
    }

    private Set<String> routes() {
        Set<String> routes = new TreeSet<>();
        for (Meter meter : this.registry.getMeters()) {
            String route = meter.getId().getTag("route");
            if (route != null) {
                routes.add(route);
            }
        }
        return routes;
    }
}
