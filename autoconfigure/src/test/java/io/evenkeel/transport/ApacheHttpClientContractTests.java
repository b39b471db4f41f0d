// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.dial.ChannelSockets;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.client5.http.impl.io.DefaultHttpClientConnectionOperator;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.ConnectionEndpoint;
import org.apache.hc.client5.http.io.DetachedSocketFactory;
import org.apache.hc.client5.http.io.HttpClientConnectionOperator;
import org.apache.hc.client5.http.io.LeaseRequest;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.concurrent.FutureCallback;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.pool.ManagedConnPool;
import org.apache.hc.core5.pool.PoolEntry;
import org.apache.hc.core5.pool.PoolStats;
import org.apache.hc.core5.util.TimeValue;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What Evenkeel takes for granted of Apache HttpClient, some of it internal or undocumented. A failure here after an
 * upgrade names the assumption that no longer holds, and where it is made.
 */
class ApacheHttpClientContractTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    // --- types ------------------------------------------------------------------------------------------------------

    @Test
    void pooledConnectionExtendsTheConnectionOfHttpClientByItsConstructor() throws Exception {
        assertThat(DefaultManagedHttpClientConnection.class.getConstructor(
                        String.class,
                        java.nio.charset.CharsetDecoder.class,
                        java.nio.charset.CharsetEncoder.class,
                        Http1Config.class,
                        org.apache.hc.core5.http.ContentLengthStrategy.class,
                        org.apache.hc.core5.http.ContentLengthStrategy.class,
                        org.apache.hc.core5.http.io.HttpMessageWriterFactory.class,
                        org.apache.hc.core5.http.io.HttpMessageParserFactory.class))
                .isNotNull();
    }

    @Test
    void pooledConnectionMayOverrideHowASocketIsBound() throws Exception {
        for (Class<?>[] parameters :
                List.of(new Class<?>[] {Socket.class}, new Class<?>[] {SSLSocket.class, Socket.class}, new Class<?>[] {
                    SocketHolder.class
                })) {
            Method bind = DefaultManagedHttpClientConnection.class.getMethod("bind", parameters);
            assertThat(Modifier.isFinal(bind.getModifiers())).isFalse();
        }
        Method stream = SocketHolder.class.getDeclaredMethod("getInputStream", Socket.class);
        assertThat(Modifier.isProtected(stream.getModifiers())).isTrue();
        Method out = SocketHolder.class.getDeclaredMethod("getOutputStream", Socket.class);
        assertThat(Modifier.isProtected(out.getModifiers())).isTrue();
        assertThat(SocketHolder.class.getMethod("getBaseSocket").getReturnType())
                .isEqualTo(Socket.class);
        assertThat(SocketHolder.class.getMethod("getSSLSocket").getReturnType()).isEqualTo(SSLSocket.class);
    }

    @Test
    void connectionManagerTakesAPoolAndAnOperatorOfOurs() throws Exception {
        var constructor = PoolingHttpClientConnectionManager.class.getDeclaredConstructor(
                HttpClientConnectionOperator.class, ManagedConnPool.class, HttpConnectionFactory.class);

        assertThat(Modifier.isProtected(constructor.getModifiers())).isTrue();
    }

    @Test
    void operatorTakesSocketsTlsAndNamesOfOurs() throws Exception {
        assertThat(Modifier.isPublic(DefaultHttpClientConnectionOperator.class
                        .getConstructor(
                                DetachedSocketFactory.class,
                                org.apache.hc.client5.http.SchemePortResolver.class,
                                org.apache.hc.client5.http.DnsResolver.class,
                                org.apache.hc.core5.http.config.Lookup.class)
                        .getModifiers()))
                .isTrue();
        assertThat(DetachedSocketFactory.class
                        .getMethod("create", java.net.Proxy.class)
                        .getReturnType())
                .isEqualTo(Socket.class);
        assertThat(TlsSocketStrategy.class.isInterface()).isTrue();
    }

    @Test
    void builderShowsTheManagerThatItHas() {
        PoolingHttpClientConnectionManager manager = new PoolingHttpClientConnectionManager();

        assertThat(HttpClientBuilder.create().setConnectionManager(manager).getConnManager())
                .isSameAs(manager);
    }

    @ParameterizedTest
    @EnumSource(
            value = ChainElement.class,
            names = {"COMPRESS", "CONNECT", "MAIN_TRANSPORT", "PROTOCOL", "REDIRECT"})
    void chainHasTheElementsThatOursAreHungBetween(ChainElement element) throws Exception {
        List<String> order = new ArrayList<>();
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        try (CloseableHttpClient client = HttpClientBuilder.create()
                .addExecInterceptorFirst("first", noting(order, "first"))
                .addExecInterceptorBefore(element.name(), "before", noting(order, "before"))
                .addExecInterceptorBefore(element.name(), "nearer", noting(order, "nearer"))
                .build()) {
            TestClient.send(client, "GET", server.uri("/"), null);
        }

        assertThat(order).containsExactly("first", "before", "nearer");
    }

    /** DecodingExec stands on both sides of the decompression, with nothing in between. */
    @Test
    void chainHasTwoSidesOfTheDecompression() throws Exception {
        List<String> order = new ArrayList<>();
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        try (CloseableHttpClient client = HttpClientBuilder.create()
                .addExecInterceptorBefore(ChainElement.COMPRESS.name(), "user", noting(order, "user"))
                .addExecInterceptorAfter(ChainElement.COMPRESS.name(), "user within", noting(order, "user within"))
                .addExecInterceptorBefore(ChainElement.COMPRESS.name(), "outside", (request, scope, chain) -> {
                    order.add("outside");
                    assertThat(request.containsHeader("Accept-Encoding")).isFalse();
                    return chain.proceed(request, scope);
                })
                .addExecInterceptorAfter(ChainElement.COMPRESS.name(), "inside", (request, scope, chain) -> {
                    order.add("inside");
                    assertThat(request.containsHeader("Accept-Encoding")).isTrue();
                    return chain.proceed(request, scope);
                })
                .build()) {
            TestClient.send(client, "GET", server.uri("/"), null);
        }

        assertThat(order).containsExactly("user", "outside", "inside", "user within");
    }

    /** PooledConnection reads chunks with a stream of ours. */
    @Test
    void connectionLetsASubclassMakeTheStreamOfABody() throws Exception {
        Method create = DefaultManagedHttpClientConnection.class
                .getSuperclass()
                .getSuperclass()
                .getDeclaredMethod(
                        "createContentInputStream",
                        long.class,
                        org.apache.hc.core5.http.io.SessionInputBuffer.class,
                        java.io.InputStream.class);
        assertThat(Modifier.isProtected(create.getModifiers())).isTrue();
        assertThat(Modifier.isFinal(create.getModifiers())).isFalse();
    }

    private static ExecChainHandler noting(List<String> order, String name) {
        return (request, scope, chain) -> {
            order.add(name);
            return chain.proceed(request, scope);
        };
    }

    @Test
    void failedRequestCarriesItsCause() {
        assertThat(new RequestFailedException("x", new IOException("y")))
                .isInstanceOf(InterruptedIOException.class)
                .hasCauseInstanceOf(IOException.class);
    }

    // --- dialing ----------------------------------------------------------------------------------------------------

    /** {@code PooledConnection.markOpened} counts on the second binding, {@code bind(SSLSocket, Socket)} on the third. */
    @ParameterizedTest
    @EnumSource(Wiring.class)
    void operatorBindsASocketBeforeAndAfterItConnects(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server().start());
        List<String> bindings = new ArrayList<>();
        DefaultManagedHttpClientConnection connection = new DefaultManagedHttpClientConnection("x") {

            @Override
            public void bind(Socket socket) throws IOException {
                bindings.add(socket.isConnected() ? "connected" : "unconnected");
                super.bind(socket);
            }

            @Override
            public void bind(SSLSocket sslSocket, Socket socket) throws IOException {
                bindings.add("secure");
                super.bind(sslSocket, socket);
            }
        };
        TlsSocketStrategy tls = new DefaultClientTlsStrategy(io.evenkeel.testing.TestTls.clientContext());
        new DefaultHttpClientConnectionOperator(
                        new ChannelSockets(Ticker.SYSTEM, false),
                        null,
                        null,
                        scheme -> scheme.equals("https") ? tls : null)
                .connect(
                        connection,
                        new HttpHost(wiring.secure() ? "https" : "http", "127.0.0.1", server.port()),
                        null,
                        null,
                        Timeout.ofSeconds(2),
                        org.apache.hc.core5.http.io.SocketConfig.DEFAULT,
                        null,
                        HttpClientContext.create());

        assertThat(bindings).startsWith("unconnected", "connected").hasSize(wiring.secure() ? 3 : 2);
        connection.close(CloseMode.IMMEDIATE);
    }

    @Test
    void socketOfAChannelServesAsASocket() throws Exception {
        try (Socket socket = new ChannelSockets(Ticker.SYSTEM, false).create(null)) {
            assertThat(socket.getChannel()).isInstanceOf(SocketChannel.class);
        }
    }

    // --- leasing ----------------------------------------------------------------------------------------------------

    /** A pool with one connection, which records what it is told. */
    private static final class OnePool implements ManagedConnPool<HttpRoute, ManagedHttpClientConnection> {

        final List<String> calls = new ArrayList<>();
        final PoolEntry<HttpRoute, ManagedHttpClientConnection> entry;

        OnePool(HttpRoute route) {
            this.entry = new PoolEntry<>(route, null, (connection, mode) -> {
                this.calls.add("dispose " + mode);
                connection.close(mode);
            });
        }

        @Override
        public Future<PoolEntry<HttpRoute, ManagedHttpClientConnection>> lease(
                HttpRoute route,
                Object state,
                Timeout timeout,
                FutureCallback<PoolEntry<HttpRoute, ManagedHttpClientConnection>> callback) {
            this.calls.add("lease " + state);
            return CompletableFuture.completedFuture(this.entry);
        }

        @Override
        public void release(PoolEntry<HttpRoute, ManagedHttpClientConnection> released, boolean reusable) {
            this.calls.add("release " + reusable);
        }

        @Override
        public void close(CloseMode mode) {
            this.calls.add("close " + mode);
        }

        @Override
        public void close() {
            close(CloseMode.GRACEFUL);
        }

        @Override
        public void closeIdle(TimeValue idleTime) {}

        @Override
        public void closeExpired() {}

        @Override
        public Set<HttpRoute> getRoutes() {
            return Set.of();
        }

        @Override
        public PoolStats getTotalStats() {
            return new PoolStats(0, 0, 0, 0);
        }

        @Override
        public PoolStats getStats(HttpRoute route) {
            return new PoolStats(0, 0, 0, 0);
        }

        @Override
        public void setMaxTotal(int max) {}

        @Override
        public int getMaxTotal() {
            return 1;
        }

        @Override
        public void setDefaultMaxPerRoute(int max) {}

        @Override
        public int getDefaultMaxPerRoute() {
            return 1;
        }

        @Override
        public void setMaxPerRoute(HttpRoute route, int max) {}

        @Override
        public int getMaxPerRoute(HttpRoute route) {
            return 1;
        }
    }

    /** A connection that records how it is used. */
    private static final class Noting extends DefaultManagedHttpClientConnection {

        final List<String> calls;

        Noting(List<String> calls) {
            super("x");
            this.calls = calls;
        }

        @Override
        public boolean isStale() throws IOException {
            this.calls.add("isStale");
            return super.isStale();
        }

        @Override
        public void setSocketTimeout(Timeout timeout) {
            this.calls.add("timeout " + timeout);
            super.setSocketTimeout(timeout);
        }

        @Override
        public void activate() {
            this.calls.add("activate");
            super.activate();
        }

        @Override
        public void passivate() {
            this.calls.add("passivate");
            super.passivate();
        }
    }

    private static final class Manager extends PoolingHttpClientConnectionManager {

        Manager(OnePool pool) {
            super(
                    new DefaultHttpClientConnectionOperator(
                            new ChannelSockets(Ticker.SYSTEM, false), null, null, scheme -> null),
                    pool,
                    socket -> new Noting(pool.calls));
            setDefaultConnectionConfig(ConnectionConfig.custom()
                    .setValidateAfterInactivity(TimeValue.NEG_ONE_MILLISECOND)
                    .setSocketTimeout(7, TimeUnit.SECONDS)
                    .build());
        }
    }

    private ScriptedServer target() {
        return this.leaks.server(ScriptedServer.http().start());
    }

    private static ConnectionEndpoint lease(Manager manager, OnePool pool) throws Exception {
        LeaseRequest request = manager.lease("x", pool.entry.getRoute(), Timeout.ofSeconds(1), "state");
        return request.get(Timeout.ofSeconds(1));
    }

    private static HttpClientContext context() {
        return HttpClientContext.create();
    }

    @Test
    void managerGivesTheStateOfALeaseToThePool() throws Exception {
        OnePool pool = new OnePool(new HttpRoute(new HttpHost("http", "127.0.0.1", 1)));

        lease(new Manager(pool), pool);

        assertThat(pool.calls).containsExactly("lease state");
    }

    @Test
    void managerDoesNotLookAtAConnectionIfValidationIsOff() throws Exception {
        ScriptedServer server = target();
        OnePool pool = new OnePool(new HttpRoute(new HttpHost("http", "127.0.0.1", server.port())));
        Manager manager = new Manager(pool);
        ConnectionEndpoint endpoint = lease(manager, pool);
        manager.connect(endpoint, Timeout.ofSeconds(1), context());
        manager.release(endpoint, null, TimeValue.ofMinutes(1));

        lease(manager, pool);

        assertThat(pool.calls).doesNotContain("isStale").contains("passivate", "release true");
        assertThat(pool.calls.subList(pool.calls.lastIndexOf("lease state"), pool.calls.size()))
                .startsWith("lease state", "activate")
                .last()
                .isEqualTo("timeout 7 SECONDS");
        pool.entry.discardConnection(CloseMode.IMMEDIATE);
    }

    @Test
    void managerSetsTheReadTimeoutOnceItHasConnected() throws Exception {
        ScriptedServer server = target();
        OnePool pool = new OnePool(new HttpRoute(new HttpHost("http", "127.0.0.1", server.port())));
        Manager manager = new Manager(pool);
        ConnectionEndpoint endpoint = lease(manager, pool);

        manager.connect(endpoint, Timeout.ofSeconds(1), context());

        assertThat(pool.calls).last().isEqualTo("timeout 7 SECONDS");
        endpoint.setSocketTimeout(Timeout.ofSeconds(3));
        assertThat(pool.calls).last().isEqualTo("timeout 3 SECONDS");
        pool.entry.discardConnection(CloseMode.IMMEDIATE);
    }

    @Test
    void releaseWithZeroOrNoKeepAliveDiffers() throws Exception {
        ScriptedServer server = target();
        OnePool pool = new OnePool(new HttpRoute(new HttpHost("http", "127.0.0.1", server.port())));
        Manager manager = new Manager(pool);
        ConnectionEndpoint endpoint = lease(manager, pool);
        manager.connect(endpoint, Timeout.ofSeconds(1), context());
        manager.release(endpoint, null, TimeValue.ofNanoseconds(1));
        assertThat(pool.calls).last().isEqualTo("release true");
        assertThat(pool.entry.getExpiryDeadline().getValue() - pool.entry.getUpdated())
                .isZero();

        endpoint = lease(manager, pool);
        manager.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
        assertThat(pool.calls).last().isEqualTo("release true");
        assertThat(pool.entry.getExpiryDeadline().isMax())
                .as("zero is for ever")
                .isTrue();

        endpoint = lease(manager, pool);
        manager.release(endpoint, null, null);
        assertThat(pool.calls).last().isEqualTo("release false");
    }

    @Test
    void closingAnEndpointDisposesOfTheConnectionAndKeepsTheLease() throws Exception {
        ScriptedServer server = target();
        OnePool pool = new OnePool(new HttpRoute(new HttpHost("http", "127.0.0.1", server.port())));
        Manager manager = new Manager(pool);
        ConnectionEndpoint endpoint = lease(manager, pool);
        manager.connect(endpoint, Timeout.ofSeconds(1), context());

        endpoint.close();

        assertThat(pool.calls).last().isEqualTo("dispose GRACEFUL");
        assertThat(pool.entry.hasConnection()).isFalse();
        assertThat(endpoint.isConnected()).isFalse();
        manager.connect(endpoint, Timeout.ofSeconds(1), context());
        assertThat(endpoint.isConnected()).as("dialed anew in the same place").isTrue();
        endpoint.close(CloseMode.IMMEDIATE);
        assertThat(pool.calls).last().isEqualTo("dispose IMMEDIATE");
        manager.release(endpoint, null, TimeValue.ZERO_MILLISECONDS);
        assertThat(pool.calls).last().isEqualTo("release false");
    }

    // --- the chain --------------------------------------------------------------------------------------------------

    /** {@code SharedConnectionManager.close} does nothing, and {@code CallExec} gives the lease back, because of this. */
    @Test
    void chainClosesTheManagerAndKeepsTheLeaseAfterAnError() throws Exception {
        ScriptedServer server = target();
        List<String> calls = new ArrayList<>();
        boolean[] stillLeased = new boolean[1];
        PoolingHttpClientConnectionManager manager = new PoolingHttpClientConnectionManager() {

            @Override
            public void close(CloseMode mode) {
                calls.add("close " + mode);
            }
        };
        CloseableHttpClient client = HttpClients.custom()
                .setConnectionManager(manager)
                .setConnectionManagerShared(true)
                .addExecInterceptorFirst("look", (request, scope, chain) -> {
                    try {
                        return chain.proceed(request, scope);
                    } catch (AssertionError ex) {
                        stillLeased[0] = scope.execRuntime.isEndpointAcquired();
                        scope.execRuntime.discardEndpoint();
                        throw ex;
                    }
                })
                .build();
        EntityTemplate failing = new EntityTemplate(1, ContentType.DEFAULT_BINARY, null, out -> {
            throw new AssertionError("on purpose");
        });

        assertThatThrownBy(() -> TestClient.send(client, "POST", server.uri("/"), failing))
                .isInstanceOf(AssertionError.class);

        assertThat(calls).containsExactly("close IMMEDIATE");
        assertThat(stillLeased[0]).isTrue();
        client.close();
        assertThat(calls).as("a shared manager is not closed with its client").hasSize(1);
    }

    /** {@code RouteExec} takes that lease back. */
    @Test
    void chainForgetsTheLeaseOfATunnelThatIsRefusedWithoutABody() throws Exception {
        ScriptedServer proxy = this.leaks.server(
                ScriptedServer.http().byDefault(Answer.status(204)).start());
        PoolingHttpClientConnectionManager manager = new PoolingHttpClientConnectionManager();
        boolean[] stillLeased = new boolean[1];
        try (CloseableHttpClient client = HttpClients.custom()
                .setConnectionManager(manager)
                .setProxy(new HttpHost("127.0.0.1", proxy.port()))
                .addExecInterceptorFirst("look", (request, scope, chain) -> {
                    ClassicHttpResponse response = chain.proceed(request, scope);
                    stillLeased[0] = scope.execRuntime.isEndpointAcquired();
                    return response;
                })
                .build()) {
            client.execute(new HttpGet("https://origin.invalid/"), ClassicHttpResponse::getCode);
        }

        assertThat(stillLeased[0]).isTrue();
    }

    /** {@code RouteExec} and {@code ReplayExec} know that the answer to a challenge goes out without a new lease. */
    @Test
    void chainKeepsTheLeaseBetweenAChallengeWithABodyAndItsAnswer() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(Answer.status(401)
                                        .header("WWW-Authenticate", "Basic realm=\"x\"")
                                        .body("who?")))
                .start());
        List<Boolean> acquired = new ArrayList<>();
        var credentials = new org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider();
        credentials.setCredentials(
                new org.apache.hc.client5.http.auth.AuthScope(null, -1),
                new org.apache.hc.client5.http.auth.UsernamePasswordCredentials("u", "p".toCharArray()));
        try (CloseableHttpClient client = HttpClients.custom()
                .setDefaultCredentialsProvider(credentials)
                .addExecInterceptorBefore(ChainElement.CONNECT.name(), "look", (request, scope, chain) -> {
                    acquired.add(scope.execRuntime.isEndpointAcquired());
                    return chain.proceed(request, scope);
                })
                .build()) {
            TestClient.send(client, "GET", server.uri("/"), null);
        }

        assertThat(acquired).containsExactly(false, true);
    }

    /** {@code ExchangeExecutor} asks after the failure, not before the exchange. */
    @Test
    void chainCallsABodyRepeatableUntilItWasRead() throws Exception {
        ScriptedServer server = target();
        List<Boolean> repeatable = new ArrayList<>();
        try (CloseableHttpClient client = HttpClients.custom()
                .addExecInterceptorBefore(ChainElement.CONNECT.name(), "look", (request, scope, chain) -> {
                    repeatable.add(request.getEntity().isRepeatable());
                    ClassicHttpResponse response = chain.proceed(request, scope);
                    repeatable.add(request.getEntity().isRepeatable());
                    return response;
                })
                .build()) {
            TestClient.send(
                    client, "PUT", server.uri("/"), new InputStreamEntity(InputStream.nullInputStream(), 0, null));
        }

        assertThat(repeatable).containsExactly(true, false);
    }

    @Test
    void requestInterceptorsRefuseToRunTwiceOnTheSameHeaders() throws Exception {
        ScriptedServer server = target();
        try (CloseableHttpClient client = HttpClients.custom()
                .addExecInterceptorBefore(ChainElement.CONNECT.name(), "twice", (request, scope, chain) -> {
                    chain.proceed(request, scope).close();
                    return chain.proceed(request, scope);
                })
                .build()) {
            assertThatThrownBy(() -> TestClient.send(
                            client, "POST", server.uri("/"), new org.apache.hc.core5.http.io.entity.StringEntity("x")))
                    .hasMessageContaining("Content-Length");
        }
    }

    /** {@code PooledConnection} stops the clock of the head there. */
    @Test
    void executorSendsTheBodyBetweenTheGoAheadAndTheAnswer() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_HEAD,
                                        io.evenkeel.testing.Effect.write("HTTP/1.1 100 Continue\r\n\r\n")))
                .start());
        List<String> calls = new ArrayList<>();
        DefaultManagedHttpClientConnection connection = new DefaultManagedHttpClientConnection("x") {

            @Override
            public void sendRequestEntity(ClassicHttpRequest request)
                    throws org.apache.hc.core5.http.HttpException, IOException {
                calls.add("send");
                super.sendRequestEntity(request);
            }

            @Override
            public ClassicHttpResponse receiveResponseHeader()
                    throws org.apache.hc.core5.http.HttpException, IOException {
                ClassicHttpResponse response = super.receiveResponseHeader();
                calls.add("receive " + response.getCode());
                return response;
            }
        };
        Socket socket = new Socket("127.0.0.1", server.port());
        connection.bind(socket);
        var request = new org.apache.hc.core5.http.message.BasicClassicHttpRequest("PUT", "/");
        request.setHeader("Expect", "100-continue");
        request.setHeader("Content-Length", "1");
        request.setEntity(new org.apache.hc.core5.http.io.entity.StringEntity("x"));

        new org.apache.hc.core5.http.impl.io.HttpRequestExecutor().execute(request, connection, context());

        assertThat(calls).containsExactly("receive 100", "send", "receive 200");
        connection.close(CloseMode.IMMEDIATE);
    }

    @Test
    void countersOfAConnectionSurviveItsEnd() throws Exception {
        ScriptedServer server = target();
        DefaultManagedHttpClientConnection connection = new DefaultManagedHttpClientConnection("x");
        connection.bind(new Socket("127.0.0.1", server.port()));
        var counters = connection.getEndpointDetails();
        var request = new org.apache.hc.core5.http.message.BasicClassicHttpRequest("GET", "/");
        new org.apache.hc.core5.http.impl.io.HttpRequestExecutor().execute(request, connection, context());
        connection.close(CloseMode.IMMEDIATE);

        assertThat(counters.getReceivedBytesCount()).isPositive();
        assertThat(counters.getSentBytesCount()).isPositive();
    }

    @Test
    void builtInElementsOfTheChainAreStillThese() {
        assertThat(Arrays.stream(ChainElement.values()).map(Enum::name))
                .contains("REDIRECT", "PROTOCOL", "CONNECT", "MAIN_TRANSPORT");
    }
}
