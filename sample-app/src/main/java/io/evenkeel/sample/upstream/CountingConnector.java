// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.time.Duration;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** One port of a Jetty, which counts the connections that were opened and closed on it. */
final class CountingConnector extends ServerConnector {

    private final Side side;
    private final Tally tally = new Tally();

    CountingConnector(Server server, Side side, Duration idleTimeout, ConnectionFactory... factories) {
        super(server, 1, 1, factories);
        this.side = side;
        setHost("127.0.0.1");
        setPort(0);
        setIdleTimeout(idleTimeout.toMillis());
        // All connections of a burst arrive at once.
        setAcceptQueueSize(256);
    }

    Side side() {
        return side;
    }

    Tally tally() {
        return tally;
    }

    @Override
    protected void onEndPointOpened(EndPoint endPoint) {
        super.onEndPointOpened(endPoint);
        tally.connectionAccepted();
        tally.connectionOpened();
    }

    @Override
    protected void onEndPointClosed(EndPoint endPoint) {
        tally.connectionClosed();
        super.onEndPointClosed(endPoint);
    }
}
