// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import static io.evenkeel.testing.Answer.raw;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.idle.IdleTimeoutLearner;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.deadline.CallTimer;
import io.evenkeel.transport.deadline.WriteLimit;
import io.evenkeel.transport.pool.PoolRig;
import java.time.Duration;
import org.apache.hc.core5.http.message.BasicClassicHttpRequest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A round trip that is taken for shorter than it is makes the margin too small. */
class RoundTripsTests {

    private static final Duration ROUND_TRIP = Duration.ofMillis(200);
    private static final Duration LIMIT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final VirtualTime time = new VirtualTime();

    @Test
    void anAnswerRightBehindAnInterimOneTookItsTimeNonetheless() throws Exception {
        assertMargin("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n");
    }

    @Test
    void anAnswerThatIsThereBeforeAnybodyReadsItTookItsTimeNonetheless() throws Exception {
        assertMargin("HTTP/1.1 204 No Content\r\n\r\n");
    }

    private void assertMargin(String answer) throws Exception {
        ScriptedServer server =
                this.leaks.server(ScriptedServer.http().byDefault(raw(answer)).start());
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, this.time);
        var entry = rig.open(PoolRig.route(server));
        PooledConnection connection = (PooledConnection) entry.getConnection();
        BasicClassicHttpRequest request = new BasicClassicHttpRequest("GET", "/");
        request.setHeader("Host", "localhost");

        connection.beginRequest(
                false, null, new WriteLimit(Duration.ZERO, new CallTimer(Ticker.SYSTEM), Ticker.SYSTEM));
        connection.sendRequestHeader(request);
        connection.flush();
        server.awaitRequests(1, LIMIT);
        // Meanwhile the rest of the request is sent, and the answer comes.
        this.time.advance(ROUND_TRIP);
        while (connection.receiveResponseHeader().getCode() < 200) {}

        IdleTimeoutLearner learner = new IdleTimeoutLearner(PoolLimits.DEFAULTS);
        connection.history().roundTrips().tell(learner, this.time.nanoTime());
        learner.closedByServer(0, Duration.ofSeconds(2).toNanos(), true, this.time.nanoTime());
        assertThat(learner.bound(IdleTimeoutLearner.NO_HINT, this.time.nanoTime()))
                .isEqualTo(Duration.ofMillis(2000 - 350).toNanos());
        rig.pool.release(entry, false);
    }
}
