// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static io.evenkeel.metrics.MeteredPools.pool;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.event.RouteSnapshot;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ConnectionGaugesTests {

    private static final String ROUTE = "https://api.example.com";

    private final MeteredPools pools = new MeteredPools();

    private final ConnectionMeters meters = new ConnectionMeters(this.pools, true, 2, this.pools);

    private final SimpleMeterRegistry registry = ConnectionMetersTests.simpleRegistry();

    @Test
    void connectionsThatExistBeforeBindingAreShown() {
        this.pools.are(pool("payments", new RouteSnapshot(ROUTE, 3, 1, 7)));

        this.meters.bindTo(this.registry);

        assertThat(connections(ROUTE, "active")).isEqualTo(3);
        assertThat(connections(ROUTE, "idle")).isEqualTo(1);
        assertThat(value("evenkeel.connections.pending", ROUTE)).isEqualTo(7);
        assertThat(value("evenkeel.connections.max", ROUTE)).isEqualTo(100);
        assertThat(this.registry
                        .get("evenkeel.connections.idle.max")
                        .tag("client", "payments")
                        .gauge()
                        .value())
                .isEqualTo(4);
        assertThat(this.registry
                        .get("evenkeel.pools")
                        .tag("client", "payments")
                        .gauge()
                        .value())
                .isOne();
    }

    @Test
    void poolsOfOneClientAndRoutesOfOneOriginAreSummed() {
        this.pools.are(
                pool("payments", new RouteSnapshot(ROUTE, 3, 1, 0), new RouteSnapshot(ROUTE, 2, 0, 1)),
                pool("payments", new RouteSnapshot(ROUTE, 1, 1, 1)),
                pool("orders", new RouteSnapshot(ROUTE, 50, 50, 50)));

        this.meters.bindTo(this.registry);

        assertThat(connections(ROUTE, "active")).isEqualTo(6);
        assertThat(connections(ROUTE, "idle")).isEqualTo(2);
        assertThat(value("evenkeel.connections.pending", ROUTE)).isEqualTo(2);
        assertThat(value("evenkeel.connections.max", ROUTE)).isEqualTo(300);
        assertThat(this.registry
                        .get("evenkeel.connections.idle.max")
                        .tag("client", "payments")
                        .gauge()
                        .value())
                .as("a setting, not a sum")
                .isEqualTo(4);
        assertThat(this.registry
                        .get("evenkeel.pools")
                        .tag("client", "payments")
                        .gauge()
                        .value())
                .isEqualTo(2);
    }

    @Test
    void limitsWithoutUpperBoundDoNotOverflow() {
        PoolSnapshot unlimited =
                new PoolSnapshot("payments", 1, Integer.MAX_VALUE, List.of(new RouteSnapshot(ROUTE, 0, 1, 0)));
        this.pools.are(unlimited, unlimited);

        this.meters.bindTo(this.registry);

        assertThat(value("evenkeel.connections.max", ROUTE)).isEqualTo(2.0 * Integer.MAX_VALUE);
    }

    @Test
    void theRecommendationIsTheLargestOfAllThatShareATagAndUnknownWithoutOne() {
        this.pools.are(
                pool(
                        "payments",
                        new RouteSnapshot(ROUTE, 1, 0, 0, OptionalInt.of(3)),
                        new RouteSnapshot(ROUTE, 1, 0, 0, OptionalInt.of(7)),
                        new RouteSnapshot(ROUTE, 1, 0, 0, OptionalInt.empty())),
                pool("payments", new RouteSnapshot("b", 1, 0, 0)));

        this.meters.bindTo(this.registry);

        assertThat(value("evenkeel.connections.idle.recommended", ROUTE)).isEqualTo(7);
        assertThat(value("evenkeel.connections.idle.recommended", "b")).isNaN();
    }

    @Test
    void aRouteThatIsOnlyRememberedKeepsItsRecommendationAndAddsNothingElse() {
        this.pools.are(
                pool("payments", new RouteSnapshot("a", 1, 0, 0)),
                pool("payments", new RouteSnapshot("a", 0, 0, 0, OptionalInt.of(6))));
        this.meters.bindTo(this.registry);
        this.meters.acquired("payments", "b", AcquireResult.OPENED, Duration.ZERO);
        assertThat(value("evenkeel.connections.idle.recommended", "a")).isEqualTo(6);
        assertThat(value("evenkeel.connections.max", "a")).isEqualTo(100);

        this.pools.are(pool("payments", new RouteSnapshot("b", 0, 0, 0, OptionalInt.of(2))));

        assertThat(value("evenkeel.connections.idle.recommended", "b")).isEqualTo(2);
        assertThat(value("evenkeel.connections.max", "b")).isEqualTo(100);
        assertThat(value("evenkeel.connections.idle.recommended", "a")).isNaN();
    }

    @Test
    void aRouteThatIsOnlyRememberedGetsNoMetersAtBinding() {
        this.pools.are(pool("payments", new RouteSnapshot("a", 0, 0, 0, OptionalInt.of(6))));

        this.meters.bindTo(this.registry);

        assertThat(this.registry.find("evenkeel.connections.pending").meters()).isEmpty();
    }

    @Test
    void routesAboveTheLimitAreSummedAsOther() {
        this.meters.bindTo(this.registry);
        for (String host : List.of("a", "b", "c", "d")) {
            this.meters.acquired("payments", host, AcquireResult.OPENED, Duration.ZERO);
        }
        this.meters.idleTimeoutChanged("payments", "a", Duration.ofSeconds(4));
        this.meters.idleTimeoutChanged("payments", "c", Duration.ofSeconds(4));
        this.pools.are(pool(
                "payments",
                new RouteSnapshot("a", 1, 0, 0),
                new RouteSnapshot("b", 2, 0, 0),
                new RouteSnapshot("c", 4, 0, 0),
                new RouteSnapshot("d", 8, 0, 0)));

        assertThat(connections("a", "active")).isEqualTo(1);
        assertThat(connections("b", "active")).isEqualTo(2);
        assertThat(connections("other", "active")).isEqualTo(12);
        assertThat(value("evenkeel.connections.max", "other")).isEqualTo(200);
        assertThat(this.registry
                        .get("evenkeel.connections.acquire")
                        .tags("route", "other", "result", "opened")
                        .timer()
                        .count())
                .isEqualTo(2);
        assertThat(this.registry.get("evenkeel.connections.idle.timeout").meters())
                .extracting(meter -> meter.getId().getTag("route"))
                .containsExactly("a");
    }

    @Test
    void theLimitHoldsForEachClient() {
        this.meters.bindTo(this.registry);
        for (String client : List.of("payments", "orders")) {
            this.meters.acquired(client, "a", AcquireResult.OPENED, Duration.ZERO);
            this.meters.acquired(client, "b", AcquireResult.OPENED, Duration.ZERO);
        }

        assertThat(routes()).containsExactlyInAnyOrder("a", "b", "a", "b");
    }

    @Test
    void withoutTagsPerRouteThereIsOneSetOfMetersForTheClient() {
        ConnectionMeters flat = new ConnectionMeters(this.pools, false, 50, this.pools);
        flat.bindTo(this.registry);
        flat.acquired("payments", "a", AcquireResult.OPENED, Duration.ZERO);
        flat.acquired("payments", "b", AcquireResult.OPENED, Duration.ZERO);
        this.pools.are(pool("payments", new RouteSnapshot("a", 1, 0, 0), new RouteSnapshot("b", 2, 0, 0)));

        assertThat(routes()).containsExactly("all");
        assertThat(connections("all", "active")).isEqualTo(3);
    }

    @Test
    void withoutAPoolLimitsAreUnknownAndConnectionsZero() {
        this.meters.bindTo(this.registry);
        this.meters.acquired("payments", ROUTE, AcquireResult.CANCELLED, Duration.ZERO);

        assertThat(connections(ROUTE, "active")).isZero();
        assertThat(value("evenkeel.connections.max", ROUTE)).isNaN();
        assertThat(this.registry.get("evenkeel.connections.idle.max").gauge().value())
                .isNaN();
        assertThat(this.registry.get("evenkeel.pools").gauge().value()).isZero();
    }

    @Test
    void aRouteWithoutConnectionsKeepsItsLimit() {
        this.meters.bindTo(this.registry);
        this.meters.acquired("payments", ROUTE, AcquireResult.OPENED, Duration.ZERO);
        this.pools.are(pool("payments"));

        assertThat(value("evenkeel.connections.max", ROUTE)).isEqualTo(100);
    }

    @Test
    void oneScrapeAsksThePoolsOnce() {
        ConnectionMeters many = new ConnectionMeters(this.pools, true, 50, this.pools);
        many.bindTo(this.registry);
        RouteSnapshot[] routes = IntStream.range(0, 50)
                .mapToObj(i -> new RouteSnapshot("https://h%d.example.com".formatted(i), i, 0, 0))
                .toArray(RouteSnapshot[]::new);
        for (RouteSnapshot route : routes) {
            ConnectionMetersTests.fireEverything(many, "payments", route.route());
        }
        this.pools.are(pool("payments", routes));
        int before = this.pools.snapshots();

        double active = scrape();
        assertThat(this.pools.snapshots() - before).isOne();
        assertThat(active).isEqualTo(49 * 50 / 2);

        this.pools.advance(Duration.ofMillis(PoolStates.REUSED_MILLIS));
        scrape();
        assertThat(this.pools.snapshots() - before).isEqualTo(2);
    }

    @Test
    void aRouteThatJustGotItsMetersIsNotShownWithAnOlderSum() {
        this.meters.bindTo(this.registry);
        this.pools.are(pool("payments", new RouteSnapshot(ROUTE, 5, 0, 0)));
        scrape();
        this.meters.acquired("payments", "a", AcquireResult.OPENED, Duration.ZERO);
        scrape();

        this.meters.acquired("payments", ROUTE, AcquireResult.OPENED, Duration.ZERO);

        assertThat(connections(ROUTE, "active")).isEqualTo(5);
    }

    private double scrape() {
        double active = 0;
        for (Meter meter : this.registry.getMeters()) {
            if (meter instanceof Gauge gauge) {
                double value = gauge.value();
                active += "active".equals(meter.getId().getTag("state")) ? value : 0;
            }
        }
        return active;
    }

    private List<String> routes() {
        return this.registry.get("evenkeel.connections.pending").meters().stream()
                .map(meter -> String.valueOf(meter.getId().getTag("route")))
                .toList();
    }

    private double connections(String route, String state) {
        return this.registry
                .get("evenkeel.connections")
                .tags("client", "payments", "route", route, "state", state)
                .gauge()
                .value();
    }

    private double value(String name, String route) {
        return this.registry
                .get(name)
                .tags("client", "payments", "route", route)
                .gauge()
                .value();
    }
}
