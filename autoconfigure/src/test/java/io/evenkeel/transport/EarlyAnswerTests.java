// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Effect.fin;
import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.until;
import static io.evenkeel.testing.Effect.write;
import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.SequenceInputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.hc.client5.http.classic.methods.HttpPut;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is made of bytes that come while a request is written, besides an answer that refuses the rest of it. */
class EarlyAnswerTests {

    private static final Duration LONG = Duration.ofSeconds(60);

    private static final Duration SHORT = Duration.ofMillis(200);

    private static final byte[] MUCH = new byte[16 * 1024 * 1024];

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final CountDownLatch released = new CountDownLatch(1);

    private TestClient client() {
        return TestClient.with(
                this.leaks,
                settings -> settings.times(new TimeLimits(Duration.ZERO, LONG)).readTimeout(LONG));
    }

    private ScriptedServer server(Wiring wiring, Effect... atHead) throws Exception {
        return this.leaks.server(wiring.server()
                .onConnection(
                        0, script -> script.request(0).answer(Answer.raw("")).at(Moment.REQUEST_HEAD, atHead))
                .start());
    }

    private static HttpPut put(ScriptedServer server, HttpEntity body) {
        HttpPut put = new HttpPut(server.uri("/"));
        put.setEntity(body);
        return put;
    }

    private static TestClient.Reply send(TestClient client, HttpPut put) throws IOException {
        return client.http()
                .execute(
                        put,
                        response -> new TestClient.Reply(
                                response.getCode(),
                                (response.getEntity() != null) ? EntityUtils.toString(response.getEntity()) : ""));
    }

    private static HttpEntity failing(Exception failure) {
        return new EntityTemplate(-1, ContentType.APPLICATION_OCTET_STREAM, null, out -> {
            out.write(MUCH);
            if (failure instanceof IOException checked) {
                throw checked;
            }
            throw (RuntimeException) failure;
        });
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void theRestOfTheBodyDoesNotWaitForWhatFollowsAnInterimAnswer(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(wiring.server()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .at(Moment.REQUEST_HEAD, write("HTTP/1.1 102 Processing\r\n\r\n"), pause(SHORT)))
                .start());

        assertThat(send(client(), put(server, new ByteArrayEntity(MUCH, null))).body())
                .isEqualTo("ok");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void whatFollowsAnAnswerThatIsNoneIsNotTakenForOne(Wiring wiring) throws Exception {
        ScriptedServer server =
                server(wiring, write("XHTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfake"), until(this.released), fin());
        TestClient client = client();

        assertThatThrownBy(() -> send(client, put(server, new ByteArrayEntity(MUCH, null))))
                .isInstanceOf(BadResponseException.class);

        this.released.countDown();
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
        server.awaitScriptDone(LONG);
    }

    @Test
    void aBodyThatFailsOfItselfFailsTheCallWhateverTheServerHasAnswered() throws Exception {
        for (Exception failure : new Exception[] {new IOException("unreadable"), new IllegalStateException("broken")}) {
            ScriptedServer server =
                    server(Wiring.PLAIN, write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), pause(SHORT));
            TestClient client = client();

            assertThatThrownBy(() -> send(client, put(server, failing(failure))))
                    .isSameAs(failure);

            eventually("nothing is leased", () -> client.active() == 0);
            assertThat(client.idle()).isZero();
        }
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void theBodyOfAnAnswerThatCameBeforeTheRequestsIsNoHead(Wiring wiring) throws Exception {
        ScriptedServer server = server(wiring, write("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\necho"), pause(SHORT));
        HttpPut put = put(server, new ByteArrayEntity(MUCH, null));
        put.setConfig(RequestConfig.custom().setExpectContinueEnabled(true).build());

        assertThat(send(client(), put).body()).isEqualTo("echo");
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void whatFollowsTheAnswerIsNotTakenForTheNextOne(Wiring wiring) throws Exception {
        ScriptedServer server = server(
                wiring, write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), pause(SHORT), write("X"), pause(SHORT));
        TestClient client = client();

        assertThat(send(client, put(server, new ByteArrayEntity(MUCH, null))).status())
                .isEqualTo(200);

        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isEqualTo(2);
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    @Timeout(value = 30, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
    void aBodyThatFillsNoBufferIsNotProducedOnWhenTheAnswerIsThere(Wiring wiring) throws Exception {
        ScriptedServer server = server(wiring, write("HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"));
        TestClient client = client();
        HttpEntity endless = new InputStreamEntity(drops(), -1, null);

        assertThat(send(client, put(server, endless)).status()).isEqualTo(503);

        assertThat(client.idle()).isZero();
        assertThat(client.post(server.uri("/next"), "x").body()).isEqualTo("ok");
        server.awaitScriptDone(LONG);
    }

    /** One byte in 20 ms, for ever: the buffer of the connection would be full after minutes. */
    private static InputStream drops() {
        return new InputStream() {

            @Override
            public int read() {
                LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
                return 'x';
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                buffer[offset] = (byte) read();
                return 1;
            }
        };
    }

    @Test
    void anInterruptEndsTheCallAlthoughTheServerHasAnswered() throws Exception {
        ScriptedServer server = server(
                Wiring.PLAIN, write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"), until(this.released), fin());
        TestClient client = client();
        Thread caller = Thread.currentThread();
        InputStream interrupts = new InputStream() {

            @Override
            public int read() {
                LockSupport.parkNanos(SHORT.toNanos());
                caller.interrupt();
                return -1;
            }

            @Override
            public int read(byte[] buffer, int offset, int length) {
                return read();
            }
        };
        InputStream body = new SequenceInputStream(
                new ByteArrayInputStream(new byte[200_000]),
                new SequenceInputStream(interrupts, new ByteArrayInputStream(MUCH)));
        try {
            assertThatThrownBy(() -> send(client, put(server, new InputStreamEntity(body, null))))
                    .isInstanceOf(InterruptedIOException.class);
        } finally {
            Thread.interrupted();
            this.released.countDown();
        }
        server.awaitScriptDone(LONG);
        eventually("nothing is leased", () -> client.active() == 0);
    }

    /** With TLS a look reads the channel, which an interrupt closes; what follows says only that it is closed. */
    @ParameterizedTest
    @EnumSource(Wiring.class)
    void anInterruptBeforeALookEndsTheCallAsAnInterrupt(Wiring wiring) throws Exception {
        ScriptedServer server = server(wiring, write("HTTP/1.1 102 Processing\r\n\r\n"));
        TestClient client = client();
        Thread caller = Thread.currentThread();
        HttpEntity body = new EntityTemplate(-1, ContentType.APPLICATION_OCTET_STREAM, null, out -> {
            out.write(new byte[20_000]);
            LockSupport.parkNanos(SHORT.toNanos());
            caller.interrupt();
            out.write(new byte[20_000]);
        });
        try {
            assertThatThrownBy(() -> send(client, put(server, body))).isInstanceOf(InterruptedIOException.class);
        } finally {
            Thread.interrupted();
        }
        eventually("nothing is leased", () -> client.active() == 0);
    }
}
