// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.BoundSource;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.transport.spec.ClientSpec;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Where the time of a call begins. */
class CallDeadlinesTests {

    private static final Duration LIMIT = Duration.ofSeconds(3);
    private static final Duration SLOW = Duration.ofMillis(5);

    private final VirtualTime time = new VirtualTime();
    private final CallTimer timer = new CallTimer(this.time);

    @AfterEach
    void close() {
        this.timer.close();
    }

    /** It takes its time to note that a call has a bound. */
    private final ConnectionListener slow = new ConnectionListener() {
        @Override
        public void bounded(String client, String route, BoundSource source, Duration left) {
            CallDeadlinesTests.this.time.advance(SLOW);
        }
    };

    @Test
    void theTimesInThePhasesAddUpToTheTimeOfTheCall() throws Exception {
        ClientSpec spec = new ClientSpec(
                "default",
                "evenkeel",
                PoolLimits.DEFAULTS,
                new TimeLimits(LIMIT, Duration.ZERO),
                ReplaySettings.DEFAULTS,
                RetrySettings.DEFAULTS,
                null,
                ResponseLimits.DEFAULTS,
                null,
                null,
                ProxySettings.NONE,
                Duration.ZERO,
                Duration.ZERO,
                true);
        CallDeadlines deadlines = new CallDeadlines(spec, this.slow, this.timer, this.time);
        HttpRoute route = new HttpRoute(new HttpHost("http", "example.com", 80));

        CallDeadline call = deadlines.begin(HttpClientContext.create(), route, new TestCall(() -> {}));
        call.enter(CallPhase.WAITING);
        this.time.advance(LIMIT);

        var late = deadlines.late(call, "GET", "http://example.com", Sent.YES, null);
        assertThat(late.spent())
                .containsOnlyKeys(CallPhase.PREPARING, CallPhase.WAITING)
                .containsEntry(CallPhase.PREPARING, SLOW);
        assertThat(late.spent().values().stream().reduce(Duration.ZERO, Duration::plus))
                .isEqualTo(LIMIT.plus(SLOW));
    }
}
