// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.halfClose;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.rst;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.FailureReason;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.RequestScript;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.TestTls;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.util.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A connection that breaks fails a call with the class that it has with a socket of the JDK, whatever was going on. */
class BrokenConnectionClassTests {

    /** More than the send buffer takes, of which a kernel makes 4 MiB at most if it is left alone, and a receiver who does not read. */
    private static final int LARGE = 4_500_000;

    private static final Duration TIMEOUT = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    enum End {
        RST(rst()),
        FIN(fin()),
        HALF_CLOSE(halfClose());

        private final Effect effect;

        End(Effect effect) {
            this.effect = effect;
        }
    }

    /** What was going on when the server ended the connection. */
    enum Place {
        WRITE_OF_HEAD((script, end) -> script.afterRequestBytes(100, pause(Duration.ofMillis(20)), end)),
        WRITE_OF_BODY((script, end) -> script.at(Moment.REQUEST_HEAD, pause(Duration.ofMillis(20)), end)),
        READ_OF_HEAD((script, end) -> script.at(Moment.REQUEST_BODY, end)),
        READ_INSIDE_HEAD((script, end) -> script.afterResponseBytes(20, end)),
        READ_OF_BODY((script, end) -> script.at(Moment.RESPONSE_BODY, end));

        private final BiConsumer<RequestScript, Effect> script;

        Place(BiConsumer<RequestScript, Effect> script) {
            this.script = script;
        }

        boolean writes() {
            return this == WRITE_OF_HEAD || this == WRITE_OF_BODY;
        }

        FailureReason reason(End end) {
            return switch (this) {
                case READ_OF_BODY -> FailureReason.TRUNCATED;
                case READ_INSIDE_HEAD -> (end == End.RST) ? FailureReason.CONNECTION_LOST : FailureReason.TRUNCATED;
                default -> FailureReason.CONNECTION_LOST;
            };
        }
    }

    enum Form {
        GET,
        POST_BYTES,
        POST_STREAMED;

        HttpUriRequestBase request(URI uri, Place place) {
            HttpUriRequestBase request = new HttpUriRequestBase(this == GET ? "GET" : "POST", uri);
            request.setEntity(entity(place == Place.WRITE_OF_BODY ? LARGE : 100));
            if (place == Place.WRITE_OF_HEAD) {
                request.setHeader("X-Large", "x".repeat(LARGE));
            }
            return request;
        }

        private HttpEntity entity(int length) {
            return switch (this) {
                case GET -> null;
                case POST_BYTES -> new ByteArrayEntity(new byte[length], ContentType.APPLICATION_OCTET_STREAM);
                case POST_STREAMED ->
                    new InputStreamEntity(
                            new ByteArrayInputStream(new byte[length]), ContentType.APPLICATION_OCTET_STREAM);
            };
        }
    }

    record Cell(Wiring wiring, boolean kept, Place place, End end, Form form) {}

    static Stream<Cell> cells() {
        List<Cell> cells = new ArrayList<>();
        for (Wiring wiring : Wiring.values()) {
            for (boolean kept : new boolean[] {false, true}) {
                for (Place place : Place.values()) {
                    for (End end : End.values()) {
                        for (Form form : Form.values()) {
                            if (place != Place.WRITE_OF_BODY || form != Form.GET) {
                                cells.add(new Cell(wiring, kept, place, end, form));
                            }
                        }
                    }
                }
            }
        }
        return cells.stream();
    }

    @ParameterizedTest
    @MethodSource("cells")
    void hasTheClassOfStockAndTheReasonOfThePlace(Cell cell) throws Exception {
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.readTimeout(TIMEOUT).replay(false));
        Throwable stock;
        try (CloseableHttpClient theirs = stock()) {
            stock = failure(theirs, cell);
        }

        Throwable ours = failure(client.http(), cell);

        if (stock == null) {
            // HttpClient takes a head that is cut off for a whole one.
            assertThat(ours).isExactlyInstanceOf(BadResponseException.class);
        } else {
            Throwable visible = (ours instanceof EvenkeelException) ? ours.getCause() : ours;
            if (cell.place().writes() && cell.end() == End.FIN) {
                // The end of the stream and the reset that answers what is written race.
                assertThat(stock).isOfAnyClassIn(SocketException.class, NoHttpResponseException.class);
                assertThat(visible).isOfAnyClassIn(SocketException.class, NoHttpResponseException.class);
            } else {
                assertThat(visible).isExactlyInstanceOf(stock.getClass());
            }
            assertThat(root(ours)).isExactlyInstanceOf(visible.getClass());
        }
        assertThat(client.events.failures).containsExactly(cell.place().reason(cell.end()));
    }

    private Throwable failure(CloseableHttpClient client, Cell cell) throws IOException {
        try (ScriptedServer server = cell.wiring()
                .server()
                .byDefault(ok("x".repeat(1000)))
                .onConnection(
                        0, script -> cell.place().script.accept(script.request(cell.kept() ? 1 : 0), cell.end().effect))
                .start()) {
            if (cell.kept()) {
                call(client, Form.GET.request(server.uri("/"), Place.READ_OF_HEAD));
            }
            return catchThrowable(() -> call(client, cell.form().request(server.uri("/"), cell.place())));
        }
    }

    private static void call(CloseableHttpClient client, HttpUriRequestBase request) throws IOException {
        client.execute(request, response -> EntityUtils.toString(response.getEntity()));
    }

    private static Throwable root(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static CloseableHttpClient stock() {
        ConnectionConfig config =
                ConnectionConfig.custom().setSocketTimeout(Timeout.of(TIMEOUT)).build();
        return HttpClientBuilder.create()
                .setConnectionManager(PoolingHttpClientConnectionManagerBuilder.create()
                        .setTlsSocketStrategy(new DefaultClientTlsStrategy(TestTls.clientContext()))
                        .setDefaultConnectionConfig(config)
                        .build())
                .disableAutomaticRetries()
                .build();
    }
}
