// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.NioEndpoint;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;
import org.springframework.util.FileSystemUtils;

/**
 * A Tomcat that closes idle connections after one second and does not announce it. Its poller looks about once a
 * second, so that it really closes anywhere between one and two seconds: no client can know the moment.
 */
@Component
public final class TomcatUpstream implements Upstream, SmartLifecycle {

    private final Map<Side, Tally> tallies = new EnumMap<>(Side.class);
    private final Map<Side, Connector> connectors = new EnumMap<>(Side.class);
    private @Nullable Tomcat tomcat;
    private @Nullable Path baseDir;

    TomcatUpstream() {
        for (Side side : Side.values()) {
            tallies.put(side, new Tally());
        }
    }

    @Override
    public void start() {
        try {
            Path directory = Files.createTempDirectory("evenkeel-sample-tomcat");
            Tomcat server = new Tomcat();
            server.setBaseDir(directory.toString());
            server.getEngine().setName("upstream");
            for (Side side : Side.values()) {
                Connector connector = connector(tally(side));
                connectors.put(side, connector);
                server.getService().addConnector(connector);
            }
            Context context = server.addContext("", directory.toString());
            Tomcat.addServlet(context, "calls", new CallServlet(this::tallyOfPort));
            context.addServletMappingDecoded("/", "calls");
            server.start();
            tomcat = server;
            baseDir = directory;
        } catch (IOException | LifecycleException ex) {
            throw new IllegalStateException("The sample's Tomcat did not start", ex);
        }
    }

    private static Connector connector(Tally tally) {
        // Tomcat itself only knows how many connections are open.
        Http11NioProtocol protocol = new Http11NioProtocol(new NioEndpoint() {
            @Override
            protected SocketChannel serverSocketAccept() throws Exception {
                SocketChannel accepted = super.serverSocketAccept();
                tally.connectionAccepted();
                return accepted;
            }
        });
        protocol.setAddress(InetAddress.getLoopbackAddress());
        protocol.setPort(0);
        protocol.setKeepAliveTimeout(1000);
        protocol.setMaxKeepAliveRequests(-1);
        // Without it every response would carry "Keep-Alive: timeout=1", and a client that reads it had it easy.
        protocol.setUseKeepAliveResponseHeader(false);
        protocol.setMinSpareThreads(2);
        protocol.setMaxThreads(20);
        return new Connector(protocol);
    }

    private Connector connector(Side side) {
        return Objects.requireNonNull(connectors.get(side));
    }

    private Tally tallyOfPort(int port) {
        return connector(Side.STOCK).getLocalPort() == port ? tally(Side.STOCK) : tally(Side.EVENKEEL);
    }

    @Override
    public void stop() {
        Tomcat running = tomcat;
        if (running == null) {
            return;
        }
        tomcat = null;
        try {
            running.stop();
            running.destroy();
            FileSystemUtils.deleteRecursively(baseDir);
        } catch (LifecycleException ex) {
            throw new IllegalStateException("The sample's Tomcat did not stop", ex);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    @Override
    public boolean isRunning() {
        return tomcat != null;
    }

    @Override
    public int getPhase() {
        return UPSTREAM_PHASE;
    }

    @Override
    public URI uri(Side side) {
        return URI.create("http://127.0.0.1:" + connector(side).getLocalPort());
    }

    @Override
    public Tally tally(Side side) {
        return Objects.requireNonNull(tallies.get(side));
    }
}
