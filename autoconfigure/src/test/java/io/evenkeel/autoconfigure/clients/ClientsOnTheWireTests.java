// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.client.NamedClients;
import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.error.EvenkeelException;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.testing.TestTls;
import io.evenkeel.transport.ConnectionPools;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.http.HttpStatus;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** What is written for a client happens on its connections, and not on those of another. */
class ClientsOnTheWireTests {

    private static final Duration SOON = Duration.ofSeconds(5);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void eachKeepsAsManyConnectionsAsItsPoolSays() {
        CountDownLatch together = new CountDownLatch(1);
        ScriptedServer server = start(
                ScriptedServer.http().onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.until(together))));
        with(server, "one.pool.max-size=3", "one.pool.overflow-linger=0", "two.pool.overflow-linger=0")
                .run(context -> {
                    List<CompletableFuture<String>> calls = Stream.of("one", "two")
                            .flatMap(name ->
                                    Stream.generate(() -> async(context, name)).limit(5))
                            .toList();
                    server.awaitRequests(10, SOON);
                    together.countDown();
                    calls.forEach(CompletableFuture::join);
                    server.awaitConnectionsOpen(4, SOON);

                    assertThat(pools(context)).extracting(PoolSnapshot::client).containsExactlyInAnyOrder("one", "two");
                });
    }

    @Test
    void theyDoNotShareConnectionsWithEachOtherOrWithTheClientWithoutName() {
        ScriptedServer server = start(ScriptedServer.http());
        with(server).run(context -> {
            for (int round = 0; round < 2; round++) {
                get(client(context, "one"));
                get(client(context, "two"));
                context.getBean(RestClient.class)
                        .get()
                        .uri(server.uri("/"))
                        .retrieve()
                        .toBodilessEntity();
            }
            assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 1, 2, 0, 1, 2);
        });
    }

    @Test
    void allThatIsBuiltForAClientSharesItsConnections() {
        ScriptedServer server = start(ScriptedServer.http());
        with(server).run(context -> {
            NamedClients clients = context.getBean(NamedClients.class);
            get(clients.get("one"));
            get(clients.builder("one").build());
            get(clients.builder("one").defaultHeader("X-Variant", "1").build());
            get(clients.get("one"));
            assertThat(server.connectionsAccepted()).isEqualTo(1);
            assertThat(server.requests())
                    .extracting(request -> request.header("X-Variant"))
                    .containsExactly(null, null, "1", null);
        });
    }

    @Test
    void eachHasItsReadTimeout() {
        ScriptedServer server = start(ScriptedServer.http()
                .onEveryRequest(script -> script.at(Moment.REQUEST_BODY, Effect.pause(Duration.ofMillis(500)))));
        with(server, "one.read-timeout=100ms", "two.read-timeout=20s").run(context -> {
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() -> get(client(context, "one")))
                    .withCauseInstanceOf(SocketTimeoutException.class);
            assertThat(get(client(context, "two"))).isEqualTo("ok");
        });
    }

    @Test
    void eachHasItsHeadersAndItsBaseUrl() {
        ScriptedServer server = start(ScriptedServer.http());
        with(
                        server,
                        "one.base-url=" + server.uri("/v1"),
                        "one.default-header.X-Api-Key=secret",
                        "two.default-header.X-Tenant=a,b")
                .run(context -> {
                    get(client(context, "one"));
                    get(client(context, "two"));
                    Request one = server.requests().get(0);
                    Request two = server.requests().get(1);
                    assertThat(one.target()).isEqualTo("/v1/");
                    assertThat(one.headers("X-Api-Key")).containsExactly("secret");
                    assertThat(two.target()).isEqualTo("/");
                    assertThat(two.headers("X-Api-Key")).isEmpty();
                    assertThat(two.headers("X-Tenant")).containsExactly("a", "b");
                });
    }

    @Test
    void eachHasItsVersionOfTheApi() {
        ScriptedServer server = start(ScriptedServer.http());
        with(
                        server,
                        "one.apiversion.default=2",
                        "one.apiversion.insert.header=X-Version",
                        "two.apiversion.default=3",
                        "two.apiversion.insert.query-parameter=v")
                .run(context -> {
                    get(client(context, "one"));
                    get(client(context, "two"));
                    assertThat(server.requests().get(0).header("X-Version")).isEqualTo("2");
                    assertThat(server.requests().get(1).target()).isEqualTo("/?v=3");
                });
    }

    @Test
    void eachTreatsRedirectsAndCookiesInItsWay() {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/")
                        ? Answer.status(302).header("Location", "/there").header("Set-Cookie", "session=1")
                        : Answer.ok("there")));
        with(server, "one.redirects=dont-follow", "two.cookie-handling=enable").run(context -> {
            assertThat(client(context, "one")
                            .get()
                            .uri("/")
                            .retrieve()
                            .toBodilessEntity()
                            .getStatusCode())
                    .isEqualTo(HttpStatus.FOUND);
            assertThat(get(client(context, "two"))).isEqualTo("there");
            assertThat(server.requests())
                    .extracting(request -> request.header("Cookie"))
                    .containsExactly(null, null, "session=1");
        });
    }

    @Test
    void eachHasItsIdempotencyHeader() {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin())));
        with(server, "one.idempotency-header=X-Once").run(context -> {
            get(client(context, "one"));
            client(context, "one")
                    .post()
                    .uri("/")
                    .header("X-Once", "4711")
                    .retrieve()
                    .toBodilessEntity();
            assertThat(server.requestCount("POST")).isEqualTo(2);
        });
    }

    @Test
    void eachHasItsReplay() {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin())));
        with(server, "one.replay.enabled=false").run(context -> {
            get(client(context, "one"));
            Throwable thrown = catchThrowable(() -> client(context, "one")
                    .post()
                    .uri("/")
                    .header("Idempotency-Key", "4711")
                    .retrieve()
                    .toBodilessEntity());
            assertThat(server.requestCount("POST")).isEqualTo(1);
            assertThat(thrown).hasMessageContaining("evenkeel.clients.one.replay.enabled");
        });
    }

    @Test
    void aLostConnectionIsToldWithTheHeaderOfTheClient() {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin())));
        with(server, "one.idempotency-header=X-Once", "one.pool.learn-idle-timeout=false")
                .run(context -> {
                    RestClient client = client(context, "one");
                    get(client);
                    Throwable thrown = catchThrowable(
                            () -> client.post().uri("/").retrieve().toBodilessEntity());
                    assertThat(EvenkeelException.in(thrown)).get().isInstanceOf(ConnectionLostException.class);
                    assertThat(thrown).hasMessageContaining("X-Once");
                });
    }

    @Test
    void aResponseThatIsTooLargeIsToldWithTheKeyOfTheClient() {
        ScriptedServer server =
                start(ScriptedServer.http().byDefault(Answer.ok("ok").header("X-Long", "x".repeat(2000))));
        with(server, "one.max-response-head-size=1KB").run(context -> {
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() -> get(client(context, "one")))
                    .withMessageContaining("evenkeel.clients.one.max-response-head-size");
            assertThat(get(client(context, "two"))).isEqualTo("ok");
        });
    }

    @Test
    void whatBecomesOfInterimResponsesAndUnknownCodingsIsUpToTheClient() {
        String interim = "HTTP/1.1 102 Processing\r\n\r\n".repeat(3);
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(Answer.raw(
                        interim + "HTTP/1.1 200 OK\r\nContent-Encoding: none\r\nContent-Length: 2\r\n\r\nok")));
        with(server, "one.max-interim-responses=2", "two.unknown-content-encoding=refuse")
                .run(context -> {
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> get(client(context, "one")))
                            .withMessageContaining("evenkeel.clients.one.max-interim-responses");
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> get(client(context, "two")))
                            .withMessageContaining("evenkeel.clients.two.unknown-content-encoding");
                });
        with(server, "one.max-interim-responses=3", "two.max-interim-responses=4")
                .run(context -> assertThat(get(client(context, "one"))).isEqualTo("ok"));
    }

    @Test
    void eachHasItsTrust() {
        ScriptedServer server = start(ScriptedServer.https());
        with(server, "one.ssl.bundle=partner", "two.connect-timeout=5s")
                .withPropertyValues(
                        "spring.ssl.bundle.jks.partner.truststore.location=" + TestTls.TRUST_STORE,
                        "spring.ssl.bundle.jks.partner.truststore.password=" + TestTls.PASSWORD)
                .run(context -> {
                    assertThat(get(client(context, "one"))).isEqualTo("ok");
                    assertThatExceptionOfType(ResourceAccessException.class)
                            .isThrownBy(() -> get(client(context, "two")))
                            .withCauseInstanceOf(SSLException.class);
                });
    }

    @Test
    void customizersOfTheApplicationSeeWhatIsWrittenAndWin() {
        ScriptedServer server = start(ScriptedServer.http());
        with(server, "one.default-header.X-One=written", "one.default-header.X-Two=written")
                .withBean(RestClientCustomizer.class, () -> builder -> builder.defaultHeader("X-Two", "code"))
                .run(context -> {
                    get(client(context, "one"));
                    assertThat(server.requests().get(0).header("X-One")).isEqualTo("written");
                    assertThat(server.requests().get(0).headers("X-Two")).containsExactly("code");
                });
    }

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }

    private static ApplicationContextRunner with(ScriptedServer server, String... properties) {
        return Contexts.plain()
                .withPropertyValues(
                        "evenkeel.clients.one.base-url=" + server.uri(""),
                        "evenkeel.clients.two.base-url=" + server.uri(""))
                .withPropertyValues(
                        Stream.of(properties).map("evenkeel.clients."::concat).toArray(String[]::new));
    }

    private static RestClient client(AssertableApplicationContext context, String name) {
        return context.getBean(name + "RestClient", RestClient.class);
    }

    private static CompletableFuture<String> async(AssertableApplicationContext context, String name) {
        return CompletableFuture.supplyAsync(() -> get(client(context, name)), task -> new Thread(task).start());
    }

    private static String get(RestClient client) {
        return client.get().uri("/").retrieve().body(String.class);
    }

    private static List<PoolSnapshot> pools(AssertableApplicationContext context) {
        return context.getBean(ConnectionPools.class).snapshot();
    }
}
