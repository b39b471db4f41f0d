// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.event.RouteSnapshot;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class MetricsDocumentationTests {

    private static final String ROUTE = "https://api.example.com";

    private final MetricsPage page = MetricsPage.read();

    private final MeteredPools pools = new MeteredPools();

    private final TlsReloadMeters reloads = new TlsReloadMeters(() -> List.of("partner"));

    private final ConnectionMeters meters = new ConnectionMeters(this.pools, true, 50, this.pools);

    @Test
    void thePageListsExactlyTheMetersThatAreRegistered() {
        Map<String, DocumentedMeter> registered = new TreeMap<>();
        for (Meter meter :
                registerEverything(ConnectionMetersTests.simpleRegistry()).getMeters()) {
            registered.merge(meter.getId().getName(), describe(meter), DocumentedMeter::plus);
        }

        assertThat(registered).containsExactlyInAnyOrderEntriesOf(this.page.meters());
    }

    @Test
    void everyMeterHasADescription() {
        assertThat(registerEverything(ConnectionMetersTests.simpleRegistry()).getMeters())
                .allSatisfy(meter -> assertThat(meter.getId().getDescription()).isNotBlank());
    }

    @Test
    void theNamesInPrometheusAreThoseOfThePage() {
        assertThat(exposedNames()).isEqualTo(this.page.prometheusNames());
    }

    @Test
    void queriesNameOnlyWhatIsExposed() {
        Set<String> exposed = exposedNames();

        assertThat(this.page.queries()).isNotEmpty().allSatisfy(query -> {
            Matcher names = Pattern.compile("evenkeel_\\w+").matcher(query);
            assertThat(names.results().map(found -> found.group())).isNotEmpty().allMatch(exposed::contains);
            Matcher values = Pattern.compile("(result|reason|state|kind|outcome|how)!?=~?\"([^\"]+)\"")
                    .matcher(query);
            assertThat(values.results())
                    .allSatisfy(found -> assertThat(this.page.valuesOf(found.group(1)))
                            .contains(found.group(2).split("\\|")));
        });
    }

    @Test
    void theNumbersOfSeriesOnThePageAreRight() {
        String[] lines = scrape();
        long ofTheClient = Arrays.stream(lines)
                .filter(line -> !line.contains("route=") && line.contains("client="))
                .count();
        long ofTheRoute =
                Arrays.stream(lines).filter(line -> line.contains("route=")).count();

        assertThat(this.page.text()).contains("(max-routes + 1) x %d + %d`".formatted(ofTheRoute, ofTheClient));
    }

    @Test
    void theNumbersOfSeriesAfterOneCallAreRight() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        this.meters.bindTo(registry);

        call("http://api.example.com");
        int first = series(registry);
        call("http://other.example.com");
        int ofARoute = series(registry) - first;
        call(ROUTE);
        int ofARouteWithTls = series(registry) - first - ofARoute;

        assertThat(this.page.text())
                .contains("a route that was called once has %d series, %d with TLS, and its client %d"
                        .formatted(ofARoute, ofARouteWithTls, first - ofARoute));
    }

    private void call(String route) {
        this.meters.idleTimeoutChanged("payments", route, Duration.ofSeconds(4));
        this.meters.acquired("payments", route, AcquireResult.OPENED, Duration.ZERO);
        this.meters.created("payments", route, CreationResult.SUCCESS, Duration.ZERO);
        if (route.startsWith("https:")) {
            this.meters.handshaken("payments", route, HandshakeResult.FULL, Duration.ZERO);
        }
        this.meters.attempted("payments", route, AttemptKind.FIRST, AttemptOutcome.SUCCESS, Duration.ZERO);
    }

    private static int series(PrometheusMeterRegistry registry) {
        return (int)
                registry.scrape().lines().filter(line -> !line.startsWith("#")).count();
    }

    private Set<String> exposedNames() {
        Set<String> names = new TreeSet<>();
        for (String line : scrape()) {
            names.add(line.replaceFirst("[{ ].*", ""));
        }
        return names;
    }

    private String[] scrape() {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registerEverything(registry);
        return registry.scrape().lines().filter(line -> !line.startsWith("#")).toArray(String[]::new);
    }

    private MeterRegistry registerEverything(MeterRegistry registry) {
        this.pools.are(MeteredPools.pool("payments", new RouteSnapshot(ROUTE, 1, 1, 0)));
        this.meters.bindTo(registry);
        this.reloads.bindTo(registry);
        new DeadlineMeters().bindTo(registry);
        ConnectionMetersTests.fireEverything(this.meters, "payments", ROUTE);
        return registry;
    }

    private static DocumentedMeter describe(Meter meter) {
        Map<String, Set<String>> tags = new TreeMap<>();
        for (Tag tag : meter.getId().getTags()) {
            boolean open = Set.of("client", "route", "bundle").contains(tag.getKey());
            tags.put(tag.getKey(), open ? Set.of() : new TreeSet<>(Set.of(tag.getValue())));
        }
        String unit = meter.getId().getBaseUnit();
        return new DocumentedMeter(typeOf(meter), (unit != null) ? unit : "-", tags);
    }

    private static String typeOf(Meter meter) {
        if (meter instanceof TimeGauge) {
            return "TimeGauge";
        }
        if (meter instanceof Counter) {
            return "Counter";
        }
        return (meter instanceof Timer) ? "Timer" : "Gauge";
    }
}
