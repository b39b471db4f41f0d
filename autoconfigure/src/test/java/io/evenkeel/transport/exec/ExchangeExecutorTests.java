// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.ConnectionHistory;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.deadline.CallTimer;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.config.Http1Config;
import org.junit.jupiter.api.Test;

class ExchangeExecutorTests {

    @Test
    void aConnectionThatWasClosedMeanwhileFailsTheExchangeAsAnIoFailure() {
        PooledConnection closed = new PooledConnection(
                "closed",
                Http1Config.DEFAULT,
                ResponseLimits.DEFAULTS,
                Ticker.SYSTEM,
                new ConnectionHistory(Ticker.SYSTEM, Long.MAX_VALUE, null));

        assertThatThrownBy(() -> new ExchangeExecutor(
                                "default",
                                TimeLimits.DEFAULTS,
                                java.time.Duration.ZERO,
                                new CallTimer(Ticker.SYSTEM),
                                ConnectionListener.NONE,
                                Ticker.SYSTEM)
                        .execute(new HttpGet("http://localhost/"), closed, null, HttpClientContext.create()))
                .isInstanceOf(ConnectionClosedException.class);
    }
}
