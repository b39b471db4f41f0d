// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Effect.drip;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.stall;
import static io.evenkeel.testing.Effect.write;
import static io.evenkeel.testing.Effect.writeForever;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.event.CloseReason;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The read timeout is a total for the head of an answer, and holds for each read of its body. */
class ReadTimeoutTests {

    private static final Duration TIMEOUT = Duration.ofMillis(300);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private TestClient client() {
        return TestClient.with(this.leaks, settings -> settings.readTimeout(TIMEOUT));
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void silenceEndsTheCall(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, stall()))
                .start());
        TestClient client = client();
        client.get(server.uri("/first"));

        assertTimesOut(client, server);

        assertThat(client.events.closed).containsExactly(CloseReason.TIMEOUT);
    }

    private static void assertTimesOut(TestClient client, ScriptedServer server) throws Exception {
        long start = System.nanoTime();
        assertThatThrownBy(() -> client.post(server.uri("/slow"), "x")).isInstanceOf(SocketTimeoutException.class);
        assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - start))
                .isBetween(TIMEOUT.toMillis() - 20, 4 * TIMEOUT.toMillis());
        assertThat(client.active()).isZero();
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void headThatDripsEndsTheCall(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, drip(1, Duration.ofMillis(100))))
                .start());

        assertTimesOut(client(), server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void interimAnswersWithoutAnEndEndTheCall(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(Moment.REQUEST_BODY, writeForever("HTTP/1.1 102 Processing\r\n\r\n")))
                .start());

        assertThatThrownBy(() -> client().get(server.uri("/"))).hasMessageContaining("more than 20 interim responses");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void interimAnswerThatDripsEndsTheCall(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_BODY,
                                        drip(1, Duration.ofMillis(20)),
                                        writeForever("HTTP/1.1 102 Processing\r\n\r\n")))
                .start());

        assertTimesOut(client(), server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void headHasItsTimeAgainBehindEachInterimAnswer(Wiring wiring) throws Exception {
        String interim = "HTTP/1.1 102 Processing\r\n\r\n";
        Duration half = TIMEOUT.dividedBy(2);
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_BODY,
                                        pause(half),
                                        write(interim),
                                        pause(half),
                                        write(interim),
                                        pause(half),
                                        write(interim),
                                        pause(half)))
                .start());

        assertThat(client().get(server.uri("/")).body()).isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void silenceBehindAnInterimAnswerEndsTheCall(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(Moment.REQUEST_BODY, write("HTTP/1.1 102 Processing\r\n\r\n"), stall()))
                .start());

        assertTimesOut(client(), server);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void bodyMayTakeLongerThanTheTimeout(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(ok("0123456789"))
                                .at(Moment.RESPONSE_HEAD, drip(1, Duration.ofMillis(150))))
                .start());
        TestClient client = TestClient.with(this.leaks, settings -> settings.readTimeout(Duration.ofSeconds(1)));

        assertThat(client.get(server.uri("/")).body()).isEqualTo("0123456789");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void silenceWithinABodyEndsTheRead(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0, script -> script.request(0).answer(ok("0123456789")).at(Moment.RESPONSE_BODY, stall()))
                .start());
        TestClient client = client();

        assertThatThrownBy(() -> client.get(server.uri("/"))).isInstanceOf(SocketTimeoutException.class);

        assertThat(client.events.closed).containsExactly(CloseReason.TIMEOUT);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void uploadThatAwaitsItsGoAheadMayTakeLongerThanTheTimeout(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0, script -> script.request(0).at(Moment.REQUEST_HEAD, write("HTTP/1.1 100 Continue\r\n\r\n")))
                .start());
        HttpPut put = new HttpPut(server.uri("/"));
        put.setConfig(RequestConfig.custom().setExpectContinueEnabled(true).build());
        put.setEntity(new EntityTemplate(1, ContentType.DEFAULT_BINARY, null, out -> {
            LockSupport.parkNanos(2 * TIMEOUT.toNanos());
            out.write('x');
        }));

        assertThat(client().http().execute(put, ClassicHttpResponse::getCode).intValue())
                .isEqualTo(200);
    }

    @Test
    void goAheadThatDoesNotComeIsNotAwaitedForEver() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(Moment.REQUEST_HEAD, writeForever("HTTP/1.1 102 Processing\r\n\r\n")))
                .start());
        HttpPut put = new HttpPut(server.uri("/"));
        put.setConfig(RequestConfig.custom().setExpectContinueEnabled(true).build());
        put.setEntity(new StringEntity("content"));

        assertThatThrownBy(() -> client().http().execute(put, ClassicHttpResponse::getCode))
                .hasMessageContaining("more than 20 interim responses");
    }

    @Test
    void refusalOfAnExpectedUploadIsTheAnswer() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(
                                        Moment.REQUEST_HEAD,
                                        write("HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n"),
                                        pause(TIMEOUT)))
                .start());
        HttpPut put = new HttpPut(server.uri("/"));
        put.setConfig(RequestConfig.custom().setExpectContinueEnabled(true).build());
        put.setEntity(new ByteArrayEntity(new byte[100_000], null));
        TestClient client = client();

        assertThat(client.http().execute(put, ClassicHttpResponse::getCode).intValue())
                .isEqualTo(417);

        assertThat(client.idle()).isZero();
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void timeoutOfACustomizedManagerHoldsOnKeptConnectionsToo(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(ok("x".repeat(1000)))
                                .request(1)
                                .at(Moment.REQUEST_BODY, pause(Duration.ofMillis(2000))))
                .start());
        TestClient client = TestClient.withDefaults(this.leaks);
        CloseableHttpClient customized = CustomizedClients.on(client, TIMEOUT, builder -> {});
        TestClient.send(customized, "GET", server.uri("/first"), null);

        assertThatThrownBy(() -> TestClient.send(customized, "GET", server.uri("/second"), null))
                .isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void headersThatNeverEndEndTheCall() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(raw("HTTP/1.1 200 OK\r\n"))
                                .at(Moment.IDLE, drip(6, Duration.ofMillis(100)), writeForever("a: b\r\n")))
                .start());

        assertTimesOut(client(), server);
    }
}
