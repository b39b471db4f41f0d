// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Effect.pause;
import static io.evenkeel.testing.Effect.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.error.WriteTimeoutException;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.web.client.RestClient;

/** The write timeout, as the properties set it. */
class WriteTimeoutOnTheWireTests {

    private static final byte[] MUCH = new byte[16 * 1024 * 1024];

    private static final Duration LONG = Duration.ofSeconds(30);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final CountDownLatch released = new CountDownLatch(1);

    private ScriptedServer serverThatReadsNothing() throws Exception {
        return this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, until(this.released)))
                .start());
    }

    private static String upload(RestClient client, ScriptedServer server) {
        return client.post().uri(server.uri("/")).body(MUCH).retrieve().body(String.class);
    }

    private WriteTimeoutException timeout(RestClient client, ScriptedServer server) {
        Throwable thrown = catchThrowable(() -> upload(client, server));
        EvenkeelException found = EvenkeelException.in(thrown).orElseThrow();
        this.released.countDown();
        assertThat(found).isInstanceOf(WriteTimeoutException.class);
        return (WriteTimeoutException) found;
    }

    @Test
    void theClientWithoutNameHasThatOfAll() throws Exception {
        ScriptedServer server = serverThatReadsNothing();
        Contexts.plain()
                .withPropertyValues("evenkeel.write-timeout=150ms")
                .run(context -> assertThat(timeout(context.getBean(RestClient.class), server))
                        .hasMessageContaining("POST " + server.uri(""))
                        .hasMessageContaining("within 150ms")
                        .hasMessageContaining("Raise evenkeel.write-timeout"));
        server.awaitScriptDone(LONG);
    }

    @Test
    void aNamedClientHasItsOwn() throws Exception {
        ScriptedServer server = serverThatReadsNothing();
        Contexts.plain()
                .withPropertyValues("evenkeel.clients.payments.write-timeout=150ms", "evenkeel.write-timeout=1h")
                .run(context -> assertThat(timeout(context.getBean("paymentsRestClient", RestClient.class), server))
                        .hasMessageContaining("client 'payments'")
                        .hasMessageContaining("Raise evenkeel.clients.payments.write-timeout"));
        server.awaitScriptDone(LONG);
    }

    @Test
    void zeroIsNone() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_HEAD, pause(Duration.ofMillis(400))))
                .start());
        Contexts.plain()
                .withPropertyValues("evenkeel.clients.payments.write-timeout=0", "evenkeel.write-timeout=100ms")
                .run(context -> assertThat(upload(context.getBean("paymentsRestClient", RestClient.class), server))
                        .isEqualTo("ok"));
    }
}
