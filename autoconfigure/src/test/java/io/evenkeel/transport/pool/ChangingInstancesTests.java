// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.CountingServer;
import io.evenkeel.transport.TestClient;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.http.HttpRequest;
import org.springframework.http.client.ClientHttpRequestInterceptor;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.http.client.support.HttpRequestWrapper;
import org.springframework.web.client.RestClient;

/** A client whose calls go to instances that come and go, as those of a builder that is {@code @LoadBalanced}. */
class ChangingInstancesTests {

    private static final int INSTANCES = 10_000;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final AtomicReference<URI> instance = new AtomicReference<>();

    /** Puts the chosen instance in the place of the service's name, as Spring Cloud's LoadBalancerInterceptor does. */
    private ClientHttpRequestInterceptor loadBalancer() {
        return (request, body, execution) -> execution.execute(new ChosenInstance(request), body);
    }

    private final class ChosenInstance extends HttpRequestWrapper {

        ChosenInstance(HttpRequest request) {
            super(request);
        }

        @Override
        public URI getURI() {
            return ChangingInstancesTests.this.instance.get();
        }
    }

    @Test
    void leaveNothingBehind() throws Exception {
        // All of 127.0.0.0/8 is this machine.
        CountingServer server = this.leaks.closeAfter(new CountingServer("0.0.0.0"));
        this.leaks.port(server.port());
        VirtualTime time = new VirtualTime();
        PoolLimits limits = PoolRig.limits(1, 9, PoolRig.LIMITS.overflowLinger(), 200);
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.ticker(time).limits(limits).learning(true));
        RestClient rest = RestClient.builder()
                .requestFactory(new HttpComponentsClientHttpRequestFactory(client.http()))
                .requestInterceptor(loadBalancer())
                .build();

        int mostRoutes = 0;
        for (int i = 0; i < INSTANCES; i++) {
            this.instance.set(server.uri("127.1." + i / 250 + "." + (1 + i % 250), "0"));
            assertThat(rest.get().uri("http://orders/").retrieve().body(String.class))
                    .isEqualTo("ok");
            time.advance(Duration.ofMillis(10));
            if (i % 100 == 0) {
                mostRoutes = Math.max(mostRoutes, routes(client));
            }
        }

        // Idle ones, and canaries, of which there may be as many.
        assertThat(mostRoutes).isLessThanOrEqualTo(2 * limits.maxIdle() + 1);
        assertThat(server.mostOpen()).isLessThanOrEqualTo(2 * limits.maxIdle() + 10);

        time.advance(Duration.ofMinutes(10));
        eventually("no route is left", () -> routes(client) == 0);
        eventually("no connection is left", () -> server.openNow() == 0);
        assertThat(client.active()).isZero();
    }

    private static int routes(TestClient client) {
        return (int) client.pools.snapshot().get(0).routes().stream()
                .filter(route -> route.active() + route.idle() + route.pending() > 0
                        || route.recommended().isEmpty())
                .count();
    }

    @Test
    void areForgottenByTheLearnerTheOldestFirst() {
        RouteHistory.All histories = new RouteHistory.All(PoolRig.LIMITS);
        RouteHistory first = histories.of(PoolRig.route("host0"), 0);
        for (int i = 1; i < INSTANCES; i++) {
            histories.of(PoolRig.route("host" + i), 0);
        }

        assertThat(histories.size()).isEqualTo(RouteHistory.All.MOST);
        assertThat(histories.of(PoolRig.route("host0"), 0)).isNotSameAs(first);
        assertThat(histories.size()).isEqualTo(RouteHistory.All.MOST);
    }
}
