// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The server ends the connection behind each byte of a request. Whatever the place: no call succeeds without a whole
 * request having been answered, no POST without a key arrives twice, and the next call works.
 */
class RequestCutSweepTests {

    private static final byte[] CONTENT = "some content".getBytes(StandardCharsets.US_ASCII);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    enum Kind {
        GET("GET", false),
        POST("POST", false),
        KEYED_POST("POST", true),
        CHUNKED_POST("POST", false),
        CHUNKED_KEYED_POST("POST", true),
        CHUNKED_PUT("PUT", false);

        private final String method;
        private final boolean keyed;

        Kind(String method, boolean keyed) {
            this.method = method;
            this.keyed = keyed;
        }

        boolean repeatable() {
            return this.keyed || !this.method.equals("POST");
        }

        private HttpEntity body() {
            if (this == GET) {
                return null;
            }
            if (name().startsWith("CHUNKED")) {
                return new EntityTemplate(-1, ContentType.TEXT_PLAIN, null, out -> {
                    out.write(CONTENT, 0, 5);
                    out.flush();
                    out.write(CONTENT, 5, CONTENT.length - 5);
                });
            }
            return new ByteArrayEntity(CONTENT, ContentType.TEXT_PLAIN);
        }

        HttpUriRequestBase on(ScriptedServer server, int place) {
            // As many digits for each place, so that the request is as long.
            HttpUriRequestBase request = new HttpUriRequestBase(this.method, server.uri("/cut-" + (1000 + place)));
            request.setEntity(body());
            if (this.keyed) {
                request.setHeader("Idempotency-Key", "key-" + (1000 + place));
            }
            return request;
        }
    }

    static Stream<Arguments> sweeps() {
        return Stream.of(Wiring.PLAIN, Wiring.TLS_1_3)
                .flatMap(wiring -> Stream.of(true, false)
                        .flatMap(kept -> Stream.of(Kind.values()).map(kind -> arguments(wiring, kept, kind))));
    }

    private int lengthOf(Kind kind) throws IOException {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        execute(client, kind.on(server, 0));
        return server.bytesReceived(0).length;
    }

    private static int execute(TestClient client, HttpUriRequestBase request) throws IOException {
        return client.http().execute(request, response -> {
            EntityUtils.consume(response.getEntity());
            return response.getCode();
        });
    }

    @ParameterizedTest
    @MethodSource("sweeps")
    void cutBehindEachByte(Wiring wiring, boolean kept, Kind kind) throws Exception {
        int length = lengthOf(kind);
        boolean replayed = kept && kind.repeatable();
        List<Effect> endings = List.of(Effect.fin(), Effect.rst());
        ServerScript server = wiring.server();
        int cuts = 0;
        for (int place : places(wiring, length)) {
            for (Effect ending : endings) {
                script(server, kept, replayed, cuts++, place, length, ending);
            }
        }

        sweep(this.leaks.server(server.start()), kept, kind, cuts);
    }

    /** With TLS the whole request is one record, and a place in it is for the server to see only: a sample will do. */
    private static List<Integer> places(Wiring wiring, int length) {
        return IntStream.rangeClosed(1, length)
                .filter(place -> !wiring.secure() || place % 16 == 1 || place > length - 8)
                .boxed()
                .toList();
    }

    /** Behind a cut there are its replay, if there is one, and the next call; that is the one before the next cut. */
    private static void script(
            ServerScript server, boolean kept, boolean replayed, int cut, int place, int length, Effect ending) {
        int before = kept ? 1 : 0;
        int request = (replayed && cut > 0) ? 2 : before;
        server.onConnection(kept ? cut : 2 * cut, connection -> {
            if (place < length) {
                connection.request(request).afterRequestBytes(place, ending);
            } else {
                connection.request(request).at(Moment.REQUEST_BODY, ending);
            }
        });
    }

    private void sweep(ScriptedServer server, boolean kept, Kind kind, int cuts) throws IOException {
        TestClient client = TestClient.withDefaults(this.leaks);
        if (kept) {
            client.get(server.uri("/before"));
        }
        for (int cut = 0; cut < cuts; cut++) {
            HttpUriRequestBase request = kind.on(server, cut);
            Throwable thrown =
                    catchThrowable(() -> assertThat(execute(client, request)).isEqualTo(200));

            if (kept && kind.repeatable()) {
                assertThat(thrown).as(request.getPath()).isNull();
            } else {
                assertThat(thrown).as(request.getPath()).isInstanceOf(IOException.class);
                assertThat(thrown instanceof ConnectionLostException)
                        .as("%s", thrown)
                        .isEqualTo(kept);
            }
            HttpUriRequestBase next = new HttpGet(server.uri("/next"));
            if (!kept) {
                next.setHeader("Connection", "close");
            }
            assertThat(execute(client, next)).isEqualTo(200);
        }
        assertThat(server.connectionsAccepted()).isEqualTo(kept ? cuts + 1 : 2 * cuts);
        judge(server, kept && kind.repeatable(), kind, cuts);
    }

    private static void judge(ScriptedServer server, boolean replayed, Kind kind, int cuts) {
        Map<String, Long> complete = server.requests().stream()
                .filter(request -> request.complete() && request.target().startsWith("/cut"))
                .collect(Collectors.groupingBy(Request::target, Collectors.counting()));
        if (replayed) {
            // All came; those that were cut behind their last byte came twice.
            assertThat(complete).hasSize(cuts);
            assertThat(complete.values()).filteredOn(count -> count > 1).containsExactly(2L, 2L);
        } else {
            assertThat(complete).hasSize(2);
            assertThat(complete.values()).containsExactly(1L, 1L);
            assertThat(server.requests().stream()
                            .filter(request -> request.target().startsWith("/cut"))
                            .map(Request::target))
                    .doesNotHaveDuplicates();
        }
        if (kind != Kind.GET) {
            assertThat(server.requests())
                    .filteredOn(
                            request -> request.complete() && request.target().startsWith("/cut"))
                    .allSatisfy(request -> assertThat(request.body()).isEqualTo(CONTENT));
        }
        System.out.printf("%s, replayed %s: %d cuts, %d came whole%n", kind, replayed, cuts, complete.size());
    }
}
