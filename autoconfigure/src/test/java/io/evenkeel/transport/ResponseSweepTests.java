// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every answer, cut behind every byte. Whatever comes of it: half an answer is never a success, no POST reaches the server
 * twice, and the next call works.
 */
class ResponseSweepTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** An answer, and from how many bytes on a cut can leave it complete. */
    enum Whole {
        LENGTH("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
        /** Complete with its last chunk: RFC 9112, section 8. */
        CHUNKED("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhe\r\n3\r\nllo\r\n0\r\n", "\r\n", "hello"),
        NO_BODY("HTTP/1.1 204 No Content\r\nServer: x\r\n\r\n", ""),
        INTERIM("HTTP/1.1 103 Hints\r\nLink: x\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", "hello"),
        /** The end of the connection is the end of the body, wherever it comes: nobody can tell. */
        UNTIL_CLOSE("HTTP/1.1 200 OK\r\n\r\n", "hello", "hello");

        private final String bytes;
        private final int completeFrom;
        private final String body;

        Whole(String bytes, String body) {
            this(bytes, "", body);
        }

        Whole(String needed, String rest, String body) {
            this.bytes = needed + rest;
            this.completeFrom = needed.length();
            this.body = body;
        }

        /** {@return the body if the answer is complete when it is cut there} */
        String bodyOf(int cut) {
            return (this == UNTIL_CLOSE) ? this.body.substring(0, cut - this.completeFrom) : this.body;
        }
    }

    static Stream<Arguments> sweeps() {
        List<Arguments> all = new ArrayList<>();
        for (Wiring wiring : new Wiring[] {Wiring.PLAIN, Wiring.TLS_1_3}) {
            for (Whole whole : Whole.values()) {
                for (boolean reused : new boolean[] {false, true}) {
                    for (String method : new String[] {"GET", "POST"}) {
                        all.add(arguments(wiring, whole, "FIN", reused, method));
                        all.add(arguments(wiring, whole, "RST", reused, method));
                    }
                }
            }
        }
        return all.stream();
    }

    @ParameterizedTest(name = "{0} {1} {2} reused: {3} {4}")
    @MethodSource("sweeps")
    void answerThatIsCutAnywhereIsNeverAWrongSuccess(
            Wiring wiring, Whole whole, String end, boolean reused, String method) throws Exception {
        int cuts = whole.bytes.length();
        ServerScript script = wiring.server().byDefault(ResponseSweepTests::usual);
        // Fresh: every other connection has one cut answer. Reused: every connection has a usual one and then a cut
        // one.
        for (int cut = 1; cut < cuts; cut++) {
            int after = cut;
            script.onConnection(
                    reused ? cut - 1 : 2 * (cut - 1),
                    connection -> connection
                            .request(reused ? 1 : 0)
                            .answer(Answer.raw(whole.bytes))
                            .afterResponseBytes(after, end.equals("FIN") ? Effect.fin() : Effect.rst()));
        }
        ScriptedServer server = this.leaks.server(script.start());
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int cut = 1; cut < cuts; cut++) {
            if (reused) {
                assertThat(client.get(server.uri("/usual")).body()).isEqualTo("usual");
            }
            assertCut(client, server.uri("/" + cut), whole, end, cut, method);
            if (!reused) {
                assertThat(client.get(server.uri("/close")).body()).isEqualTo("usual");
            }
        }

        assertThat(server.requests().stream().map(Request::target).filter(target -> !target.matches("/[a-z]+")))
                .doesNotHaveDuplicates()
                .hasSize(cuts - 1);
    }

    private static Answer usual(Request request) {
        Answer usual = Answer.ok("usual");
        return request.target().equals("/close") ? usual.header("Connection", "close") : usual;
    }

    private static void assertCut(TestClient client, URI uri, Whole whole, String end, int cut, String method) {
        try {
            TestClient.Reply reply = client.send(method, uri, method.equals("POST") ? new StringEntity("order") : null);
            assertThat(cut).as("%s of %s", reply, uri).isGreaterThanOrEqualTo(whole.completeFrom);
            assertThat(reply.body()).isEqualTo(whole.bodyOf(cut));
        } catch (IOException ex) {
            if (end.equals("FIN")) {
                assertThat(cut).as("%s", uri).isLessThan(whole.completeFrom);
                assertExplained(whole, cut, ex);
            }
        }
        assertThat(client.active()).isZero();
        assertThat(client.idle()).isZero();
    }

    /** Between an interim answer and the final one nothing of the latter has come. */
    private static void assertExplained(Whole whole, int cut, IOException failure) {
        if (whole == Whole.INTERIM && cut == whole.bytes.indexOf("HTTP", 1)) {
            assertThat(failure).isInstanceOf(NoHttpResponseException.class);
        } else {
            assertThat(failure)
                    .isInstanceOfSatisfying(
                            BadResponseException.class,
                            bad -> assertThat(bad.reason()).isEqualTo("truncated"));
        }
    }

    static Stream<Arguments> nothing() {
        return Stream.of(Wiring.PLAIN, Wiring.TLS_1_3)
                .flatMap(wiring -> Stream.of("GET", "POST")
                        .flatMap(method -> Stream.of(true, false)
                                .flatMap(reused ->
                                        Stream.of("FIN", "RST").map(end -> arguments(wiring, end, reused, method)))));
    }

    /** C01, the cut behind no byte at all: the one that a replay may follow. */
    @ParameterizedTest(name = "{0} {1} reused: {2} {3}")
    @MethodSource("nothing")
    void answerThatDoesNotComeIsReplacedForAReusedConnectionAndAnIdempotentRequestOnly(
            Wiring wiring, String end, boolean reused, String method) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        connection -> connection
                                .request(reused ? 1 : 0)
                                .answer(Answer.raw(Whole.LENGTH.bytes))
                                .afterResponseBytes(0, end.equals("FIN") ? Effect.fin() : Effect.rst()))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        if (reused) {
            client.get(server.uri("/usual"));
        }
        String body;
        try {
            body = client.send(method, server.uri("/cut"), new StringEntity("order", StandardCharsets.UTF_8))
                    .body();
        } catch (BadResponseException ex) {
            throw new AssertionError("not a byte of a response has come", ex);
        } catch (IOException ex) {
            body = "none";
        }

        boolean replayed = reused && method.equals("GET");
        assertThat(body).isEqualTo(replayed ? "ok" : "none");
        assertThat(server.requests().stream().filter(request -> request.target().equals("/cut")))
                .hasSize(replayed ? 2 : 1);
        assertThat(client.get(server.uri("/next")).body()).isEqualTo("ok");
    }
}
