// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.error.NetworkException;
import io.evenkeel.event.CallPhase;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.testing.TestTls;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.NestedExceptionUtils;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * A failure of the network has the class that it has without Evenkeel, and says what happened to whom, and what can be done: in the
 * line that Spring logs, and for code.
 */
class ExplainedFailuresTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** Asserts what holds for all of them. */
    private static NetworkException explained(Throwable thrown, Class<? extends Exception> type) {
        assertThat(thrown).isInstanceOf(ResourceAccessException.class);
        assertThat(thrown.getCause()).isExactlyInstanceOf(type);
        assertThat(NestedExceptionUtils.getMostSpecificCause(thrown)).isNotInstanceOf(EvenkeelException.class);
        EvenkeelException found = EvenkeelException.in(thrown).orElseThrow();
        assertThat(found.getCause()).isExactlyInstanceOf(type);
        assertThat(thrown.getCause()).hasMessage(found.getMessage());
        assertThat(found.getMessage())
                .startsWith(found.getCause().getMessage().replaceFirst("\\.$", ""))
                .contains("client '" + found.client() + "'", found.route());
        assertThat(thrown.getMessage()).contains(found.getMessage()).doesNotContain("canary");
        return (NetworkException) found;
    }

    @ParameterizedTest
    @CsvSource({
        "evenkeel.clients.payments.read-timeout, paymentsRestClient, payments",
        "spring.http.clients.read-timeout, evenkeelRestClient, default"
    })
    void readTimeoutTellsClientRoutePhaseLimitKeyAndRemedy(String key, String bean, String client) {
        ScriptedServer server =
                start(ScriptedServer.http().onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.stall())));
        payments(key + "=300ms").run(context -> {
            NetworkException failure = explained(
                    failure(context.getBean(bean, RestClient.class), server.uri("/items?key=canary")),
                    SocketTimeoutException.class);

            assertThat(failure.getMessage())
                    .matches("Read timed out.* \\(client '%s', GET %s, waiting for the response, limit 300ms\\)\\. "
                                    .formatted(client, server.uri(""))
                            + "Raise %s if the server may take longer\\.".formatted(key));
            assertThat(failure.client()).isEqualTo(client);
            assertThat(failure.route()).isEqualTo(server.uri("").toString());
            assertThat(failure.reason()).isEqualTo("read_timeout");
            assertThat(failure.phase()).isEqualTo(CallPhase.WAITING);
            assertThat(failure.sent()).isEqualTo(Sent.MAYBE);
            assertThat(failure.elapsed()).isPositive();
            server.release();
        });
    }

    @Test
    void readTimeoutOfRestTemplateSaysTheSame() {
        ScriptedServer server =
                start(ScriptedServer.http().onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.stall())));
        Contexts.plain()
                .withPropertyValues("spring.http.clients.read-timeout=300ms")
                .run(context -> {
                    Throwable thrown = catchThrowable(() -> context.getBean(RestTemplateBuilder.class)
                            .build()
                            .getForObject(server.uri("/items?key=canary"), String.class));

                    assertThat(explained(thrown, SocketTimeoutException.class).getMessage())
                            .endsWith(
                                    "limit 300ms). Raise spring.http.clients.read-timeout if the server may take longer.");
                    server.release();
                });
    }

    @Test
    void readTimeoutInTheBodyIsFoundWhereTheBodyIsRead() {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(ok("x".repeat(100)))
                .onEveryRequest(script -> script.at(Moment.RESPONSE_BODY, Effect.stall())));
        payments("evenkeel.clients.payments.read-timeout=300ms").run(context -> {
            RestClient client = context.getBean("paymentsRestClient", RestClient.class);
            Throwable thrown = catchThrowable(
                    () -> client.get().uri(server.uri("/")).retrieve().body(String.class));

            assertThat(thrown)
                    .isInstanceOf(RestClientException.class)
                    .hasRootCauseInstanceOf(SocketTimeoutException.class);
            NetworkException failure =
                    (NetworkException) EvenkeelException.in(thrown).orElseThrow();
            assertThat(failure.getMessage())
                    .contains("client 'payments'", "reading the body, limit 300ms for each read")
                    .contains("Raise evenkeel.clients.payments.read-timeout");
            assertThat(failure.phase()).isEqualTo(CallPhase.READING);
            assertThat(failure.sent()).isEqualTo(Sent.YES);
            server.release();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"rst", "fin"})
    void brokenConnectionSaysWhetherTheRequestMayHaveBeenExecuted(String how) {
        boolean rst = how.equals("rst");
        ScriptedServer server = start(ScriptedServer.http()
                .onEveryRequest(script -> script.at(Moment.REQUEST_BODY, rst ? Effect.rst() : Effect.fin())));
        payments().run(context -> {
            RestClient client = context.getBean("paymentsRestClient", RestClient.class);
            Throwable thrown = catchThrowable(() -> client.post()
                    .uri(server.uri("/items?key=canary"))
                    .header("X-Api-Key", "canary")
                    .body("canary")
                    .retrieve()
                    .toBodilessEntity());

            NetworkException failure = explained(thrown, rst ? SocketException.class : NoHttpResponseException.class);
            assertThat(failure.getMessage())
                    .contains(rst ? "Connection reset (client" : "failed to respond (client")
                    .contains("POST " + server.uri(""), "waiting for the response, after ")
                    .endsWith("broke the connection; it may have executed the request.");
            assertThat(failure.reason()).isEqualTo("connection_lost");
        });
    }

    @Test
    void resetInsideOfTheBodyIsTruncated() {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(ok("x".repeat(100)))
                .onEveryRequest(script -> script.at(Moment.RESPONSE_BODY, Effect.rst())));
        payments().run(context -> {
            RestClient client = context.getBean("paymentsRestClient", RestClient.class);
            Throwable thrown = catchThrowable(
                    () -> client.get().uri(server.uri("/")).retrieve().body(String.class));

            assertThat(thrown).hasRootCauseExactlyInstanceOf(SocketException.class);
            EvenkeelException failure = EvenkeelException.in(thrown).orElseThrow();
            assertThat(failure.reason()).isEqualTo("truncated");
            assertThat(failure).hasMessageContaining("inside of its response");
        });
    }

    @ParameterizedTest
    @CsvSource({
        "evenkeel.clients.payments.ssl.bundle, paymentsRestClient",
        "spring.http.clients.ssl.bundle, evenkeelRestClient"
    })
    void certificateThatIsNotTrustedTellsWhereTrustIsSet(String key, String bean) {
        ScriptedServer server = start(ScriptedServer.https());
        URI uri = URI.create("https://localhost:" + server.port() + "/");
        payments().run(context -> {
            NetworkException failure =
                    explained(failure(context.getBean(bean, RestClient.class), uri), SSLHandshakeException.class);

            assertThat(failure.getMessage())
                    .contains("PKIX path building failed", "in the TLS handshake")
                    .endsWith("Name an SSL bundle that trusts the issuer of the server's certificate: %s."
                            .formatted(key));
            assertThat(failure.phase()).isEqualTo(CallPhase.HANDSHAKE);
            assertThat(failure.sent()).isEqualTo(Sent.NO);
            assertThat(failure.reason()).isEqualTo("tls");
        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "NEXT_SERVER | javax.net.ssl.SSLHandshakeException | Add the issuer of the server's certificate to the trust"
                        + " store of the SSL bundle (evenkeel.clients.payments.ssl.bundle).",
                "SELF_SIGNED | javax.net.ssl.SSLHandshakeException | Add the issuer of the server's certificate to the trust"
                        + " store of the SSL bundle (evenkeel.clients.payments.ssl.bundle).",
                "WRONG_HOST | javax.net.ssl.SSLHandshakeException | See the certificate of the server, and call it by a"
                        + " name that it has."
            })
    void certificateThatIsRefusedTellsWhatToDo(
            TestTls.Identity identity, Class<? extends Exception> type, String remedy) {
        ScriptedServer server = start(ScriptedServer.https().identity(identity));
        URI uri = URI.create("https://localhost:" + server.port() + "/");
        payments(
                        "spring.ssl.bundle.jks.partner.truststore.location=" + TestTls.TRUST_STORE,
                        "spring.ssl.bundle.jks.partner.truststore.password=" + TestTls.PASSWORD,
                        "evenkeel.clients.payments.ssl.bundle=partner")
                .run(context -> assertThat(explained(
                                        failure(context.getBean("paymentsRestClient", RestClient.class), uri), type)
                                .getMessage())
                        .endsWith(remedy));
    }

    @Test
    void serverThatSpeaksNoTlsIsAFailureOfTheHandshake() {
        ScriptedServer server = start(ScriptedServer.http().onEveryAccept(Effect.write("no TLS"), Effect.fin()));
        payments().run(context -> {
            NetworkException failure = explained(
                    failure(
                            context.getBean("paymentsRestClient", RestClient.class),
                            URI.create("https://localhost:" + server.port() + "/")),
                    SSLException.class);
            assertThat(failure.phase()).isEqualTo(CallPhase.HANDSHAKE);
        });
    }

    @Test
    void unknownHostTellsWhereItMayBeFrom() {
        payments("evenkeel.clients.payments.base-url=http://name.invalid").run(context -> {
            NetworkException failure = explained(
                    failure(context.getBean("paymentsRestClient", RestClient.class), URI.create("/")),
                    UnknownHostException.class);

            assertThat(failure.getMessage())
                    .contains("GET http://name.invalid, resolving the host, after")
                    .endsWith("Check the host (evenkeel.clients.payments.base-url, if it is from there), and the name"
                            + " servers of this machine.");
            assertThat(failure.reason()).isEqualTo("dns");
            assertThat(failure.phase()).isEqualTo(CallPhase.RESOLVING);
        });
    }

    @Test
    void refusedConnectionKeepsItsClassAndItsHost() {
        ScriptedServer server = start(ScriptedServer.http());
        server.stopListening();
        payments().run(context -> {
            Throwable thrown = failure(context.getBean("paymentsRestClient", RestClient.class), server.uri("/"));

            NetworkException failure = explained(thrown, HttpHostConnectException.class);
            assertThat(thrown.getCause()).isInstanceOf(ConnectException.class);
            assertThat(((HttpHostConnectException) thrown.getCause()).getHost().getPort())
                    .isEqualTo(server.port());
            assertThat(failure.getMessage()).contains("Connection refused (client 'payments'", "connecting, after");
            assertThat(failure.reason()).isEqualTo("connect");
            assertThat(failure.sent()).isEqualTo(Sent.NO);
        });
    }

    @Test
    void callAfterTheContextWasClosedSaysSo() {
        AtomicReference<RestClient> client = new AtomicReference<>();
        AtomicReference<RestClient> named = new AtomicReference<>();
        payments().run(context -> {
            client.set(context.getBean("evenkeelRestClient", RestClient.class));
            named.set(context.getBean("paymentsRestClient", RestClient.class));
        });

        for (RestClient closed : new RestClient[] {client.get(), named.get()}) {
            Throwable thrown = failure(closed, URI.create("http://localhost:1/"));

            assertThat(EvenkeelException.in(thrown)).get().isInstanceOf(CallRejectedException.class);
            assertThat(thrown).hasMessageContaining("its application context was closed");
        }
    }

    private static Throwable failure(RestClient client, URI uri) {
        return catchThrowable(() -> client.get().uri(uri).retrieve().toBodilessEntity());
    }

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }

    private static ApplicationContextRunner payments(String... properties) {
        return Contexts.plain()
                .withPropertyValues("evenkeel.clients.payments.enabled=true")
                .withPropertyValues(properties);
    }
}
