// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link ScriptedServer} before its start: what it does on which connection, and how it listens. What is
 * not described is answered with 200 {@code ok} and kept alive.
 */
public final class ServerScript {

    private final Map<Integer, ConnectionScript> connections = new TreeMap<>();

    private final RequestScript everyRequest = new ConnectionScript("every connection").request(0);

    private final ConnectionScript everyConnection = new ConnectionScript("every connection");

    private Function<Request, Answer> answer = request -> Answer.ok("ok");

    private TestTls.@Nullable Identity identity;

    private String[] protocols = {"TLSv1.2", "TLSv1.3"};

    private boolean clientCertificate;

    private String address = "127.0.0.1";

    private int port;

    private int backlog = 50;

    private boolean accepting = true;

    ServerScript(TestTls.@Nullable Identity identity) {
        this.identity = identity;
    }

    /** Describes the nth accepted connection, from 0. All of it must happen. */
    public ServerScript onConnection(int index, Consumer<ConnectionScript> description) {
        description.accept(this.connections.computeIfAbsent(index, i -> new ConnectionScript("connection " + i)));
        return this;
    }

    /** Describes every request that has no description of its own. Nothing of it must happen. */
    public ServerScript onEveryRequest(Consumer<RequestScript> description) {
        description.accept(this.everyRequest);
        return this;
    }

    /** Adds effects for when a connection without a description of its own is accepted. They need not happen. */
    public ServerScript onEveryAccept(Effect... effects) {
        this.everyConnection.at(Moment.ACCEPT, effects);
        return this;
    }

    /** Answers this to every request that has no answer of its own. */
    public ServerScript byDefault(Answer fixed) {
        return byDefault(request -> fixed);
    }

    /** Answers every request that has no answer of its own with what is computed from it. */
    public ServerScript byDefault(Function<Request, Answer> computed) {
        this.answer = computed;
        return this;
    }

    /** Shows another certificate. */
    public ServerScript identity(TestTls.Identity other) {
        requireTls();
        this.identity = other;
        return this;
    }

    /** Speaks only these versions, such as {@code TLSv1.2}; by default that and {@code TLSv1.3}. */
    public ServerScript protocols(String... versions) {
        requireTls();
        this.protocols = versions.clone();
        return this;
    }

    /** Demands a client certificate that the test CA has signed. */
    public ServerScript clientCertificateRequired() {
        requireTls();
        this.clientCertificate = true;
        return this;
    }

    /** Listens at this port, to follow a server that has been closed; by default at a free one. */
    public ServerScript port(int fixed) {
        this.port = fixed;
        return this;
    }

    /** Listens at this address, of which 127.0.0.0/8 has many; by default at 127.0.0.1. */
    public ServerScript address(String literal) {
        this.address = literal;
        return this;
    }

    /** Bounds the queue of connections that are not accepted yet. */
    public ServerScript backlog(int size) {
        this.backlog = size;
        return this;
    }

    /** Listens and never accepts. With a backlog of 1, the third connection sees its SYN dropped. */
    public ServerScript withoutAccepting() {
        this.accepting = false;
        return this;
    }

    /** Starts the server, which from now on must be closed. */
    public ScriptedServer start() {
        try {
            return new ScriptedServer(
                    this, tls(), new RawSocket.Listener(this.address, this.port, this.backlog), this.accepting);
        } catch (IOException ex) {
            throw new UncheckedIOException("The scripted server cannot listen", ex);
        }
    }

    private void requireTls() {
        if (this.identity == null) {
            throw new IllegalStateException("This server is plain: begin with ScriptedServer.https()");
        }
    }

    private Wire.@Nullable ServerTls tls() {
        if (this.identity == null) {
            return null;
        }
        SSLContext context = TestTls.serverContext(this.identity);
        return new Wire.ServerTls(context, this.protocols, this.clientCertificate);
    }

    List<Step> acceptSteps(int connection) {
        return this.connections.getOrDefault(connection, this.everyConnection).accept();
    }

    RequestScript scriptOf(int connection, int request) {
        ConnectionScript script = this.connections.get(connection);
        RequestScript own = (script != null) ? script.scriptOf(request) : null;
        return (own != null) ? own : this.everyRequest;
    }

    Function<Request, Answer> answer() {
        Function<Request, Answer> every = this.everyRequest.answer();
        return (every != null) ? every : this.answer;
    }

    List<String> missing() {
        List<String> missing = new ArrayList<>();
        this.connections.values().forEach(script -> missing.addAll(script.missing()));
        return missing;
    }
}
