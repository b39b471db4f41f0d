// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.AcquireResult;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** With an acquire timeout of 0 nobody waits in line. */
class TurnedAwayTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private TestClient client(int maxSize, int maxOverflow) {
        PoolLimits d = PoolLimits.DEFAULTS;
        return TestClient.with(
                this.leaks,
                settings -> settings.limits(new PoolLimits(
                        maxSize,
                        maxOverflow,
                        d.overflowLinger(),
                        d.maxIdle(),
                        Duration.ZERO,
                        d.idleTimeout(),
                        d.maxIdleTimeout(),
                        d.learnIdleTimeout(),
                        d.maxLifetime())));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void callsOneAfterTheOtherAreServed(boolean kept) throws Exception {
        Answer answer = kept ? Answer.ok("ok") : Answer.ok("ok").header("Connection", "close");
        ScriptedServer server =
                this.leaks.server(ScriptedServer.http().byDefault(answer).start());
        TestClient client = client(1, 0);

        for (int i = 0; i < 50; i++) {
            assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
        }

        assertThat(server.connectionsAccepted()).isEqualTo(kept ? 1 : 50);
    }

    @Test
    void aReplayKeepsItsPlace() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin()))
                .start());
        TestClient client = client(1, 0);

        client.get(server.uri("/"));
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);

        assertThat(server.connectionsAccepted()).isEqualTo(2);
        assertThat(client.events.acquired).doesNotContain(AcquireResult.REFUSED);
    }
}
