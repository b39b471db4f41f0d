// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.net.URI;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Supplier;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.Scheduler;
import org.springframework.context.SmartLifecycle;

/** What the Jetty upstreams have in common: a port for each side, and a life that follows the application's. */
abstract class JettyServer implements Upstream, SmartLifecycle {

    private final Server server;
    private final String scheme;
    private final Map<Side, CountingConnector> connectors = new EnumMap<>(Side.class);

    JettyServer(String name, String scheme, Duration idleTimeout, Supplier<ConnectionFactory[]> factories) {
        this.scheme = scheme;
        QueuedThreadPool threads = new QueuedThreadPool(20, 2);
        threads.setName(name);
        this.server = new Server(threads);
        this.server.setStopTimeout(0);
        for (Side side : Side.values()) {
            CountingConnector connector = new CountingConnector(server, side, idleTimeout, factories.get());
            connectors.put(side, connector);
            server.addConnector(connector);
        }
    }

    /** To be called once, by the constructor of the subclass. */
    final void serve(Handler handler) {
        server.setHandler(handler);
    }

    final Scheduler scheduler() {
        return server.getScheduler();
    }

    final CountingConnector connector(Side side) {
        return connectors.get(side);
    }

    static CountingConnector connectorOf(Request request) {
        return (CountingConnector) request.getConnectionMetaData().getConnector();
    }

    @Override
    public final void start() {
        try {
            server.start();
        } catch (Exception ex) {
            throw new IllegalStateException("The sample's Jetty did not start", ex);
        }
    }

    @Override
    public final void stop() {
        try {
            server.stop();
        } catch (Exception ex) {
            throw new IllegalStateException("The sample's Jetty did not stop", ex);
        }
    }

    @Override
    public final boolean isRunning() {
        return server.isRunning();
    }

    @Override
    public final int getPhase() {
        return UPSTREAM_PHASE;
    }

    @Override
    public final URI uri(Side side) {
        return URI.create(scheme + "://127.0.0.1:" + connector(side).getLocalPort());
    }

    @Override
    public final Tally tally(Side side) {
        return connector(side).tally();
    }
}
