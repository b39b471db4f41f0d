// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.pool.PoolRig;
import java.net.InetAddress;
import java.net.URI;
import java.time.Duration;
import org.apache.hc.client5.http.impl.InMemoryDnsResolver;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A name that means another machine from now on, while traffic never pauses and the old machine goes on answering. */
class DnsChangeTests {

    private static final Duration LIFETIME = Duration.ofMinutes(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void isMissedNoLongerThanAConnectionLives() throws Exception {
        ScriptedServer before =
                this.leaks.server(ScriptedServer.http().address("127.0.0.2").start());
        ScriptedServer after = this.leaks.server(
                ScriptedServer.http().address("127.0.0.3").port(before.port()).start());
        InMemoryDnsResolver resolver = new InMemoryDnsResolver();
        resolver.add("service.example", InetAddress.getByName("127.0.0.2"));
        VirtualTime time = new VirtualTime();
        PoolLimits defaults = PoolRig.LIMITS;
        PoolLimits limits = new PoolLimits(
                defaults.maxSize(),
                defaults.maxOverflow(),
                defaults.overflowLinger(),
                defaults.maxIdle(),
                defaults.acquireTimeout(),
                defaults.idleTimeout(),
                defaults.maxIdleTimeout(),
                true,
                LIFETIME);
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.ticker(time).limits(limits).resolver(resolver));
        URI uri = URI.create("http://service.example:" + before.port() + "/");
        client.get(uri);

        resolver.add("service.example", InetAddress.getByName("127.0.0.3"));
        Duration missed = Duration.ZERO;
        while (after.connectionsAccepted() == 0 && missed.compareTo(LIFETIME.multipliedBy(2)) < 0) {
            time.advance(Duration.ofSeconds(1));
            missed = missed.plusSeconds(1);
            client.get(uri);
        }

        // The lifetime is spread by 10 % either way.
        assertThat(missed)
                .isBetween(
                        LIFETIME.multipliedBy(9).dividedBy(10),
                        LIFETIME.multipliedBy(11).dividedBy(10).plusSeconds(1));
        assertThat(before.connectionsAccepted()).isOne();
        assertThat(after.connectionsAccepted()).isOne();
    }
}
