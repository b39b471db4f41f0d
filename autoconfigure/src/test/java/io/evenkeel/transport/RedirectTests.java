// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.event.FailureReason;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.transport.exec.BoundedDrainStream;
import io.evenkeel.transport.redirect.BoundedRedirects;
import io.evenkeel.transport.spec.AddressFilter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.hc.client5.http.CircularRedirectException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.RedirectException;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.message.BasicHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What goes where when a server answers with a redirect; the servers tell what arrived. */
class RedirectTests {

    private static final String SECRET = "canary-7d1f";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }

    private static Answer redirect(int status, Object location) {
        return status(status).header("Location", location.toString()).body("moved");
    }

    private ScriptedServer redirecting(int status, Object location) {
        return start(ScriptedServer.http().byDefault(redirect(status, location)));
    }

    /** Sends a request with secrets in all places that a redirect could copy from. */
    private static TestClient.Reply send(TestClient client, String method, URI uri, String body) throws IOException {
        HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
        request.setHeader("Authorization", "Bearer " + SECRET);
        request.setHeader("Proxy-Authorization", "Basic " + SECRET);
        request.setHeader("Cookie", "session=" + SECRET);
        request.setHeader("X-Api-Key", SECRET);
        request.setHeader("X-Tenant", SECRET);
        request.setHeader("Idempotency-Key", SECRET);
        request.setHeader("baggage", "user=" + SECRET);
        request.setHeader("Referer", "http://internal/" + SECRET);
        request.addHeader(new BasicHeader("X-Sensitive", SECRET, true));
        request.setHeader("Accept", "application/json");
        request.setHeader("Accept-Language", "de");
        request.setHeader("Range", "bytes=0-9");
        request.setHeader("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
        request.setEntity((body != null) ? new StringEntity(body, StandardCharsets.UTF_8) : null);
        return client.http().execute(request, response -> {
            HttpEntity entity = response.getEntity();
            return new TestClient.Reply(response.getCode(), (entity != null) ? EntityUtils.toString(entity) : "");
        });
    }

    private static void assertNothingOfTheSecretReached(ScriptedServer server) {
        for (int i = 0; i < server.connectionsAccepted(); i++) {
            assertThat(new String(server.bytesReceived(i), StandardCharsets.ISO_8859_1))
                    .doesNotContain(SECRET);
        }
    }

    // F01

    @Test
    void redirectToItselfEndsInAClearError() {
        ScriptedServer server = redirecting(302, "/again?token=" + SECRET);
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThatExceptionOfType(ClientProtocolException.class)
                .isThrownBy(() -> client.get(server.uri("/again?token=" + SECRET)))
                .withCauseInstanceOf(CircularRedirectException.class)
                .withMessageContaining("http://127.0.0.1:" + server.port() + " redirects a request in a circle")
                .withMessageNotContaining(SECRET);

        // The target of a redirect may be where it comes from: a form that is posted leads back to itself.
        assertThat(server.requests()).hasSize(2);
        assertThat(client.active()).isZero();
        assertThat(client.events.failures).containsExactly(FailureReason.OTHER);
    }

    @Test
    void circleOverSeveralOriginsEndsInAClearError() throws Exception {
        ScriptedServer[] servers = new ScriptedServer[3];
        for (int i = 0; i < 3; i++) {
            int next = (i + 1) % 3;
            servers[i] = start(ScriptedServer.http().byDefault(request -> redirect(307, servers[next].uri("/"))));
        }
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatExceptionOfType(ClientProtocolException.class)
                .isThrownBy(() -> client.get(servers[0].uri("/")))
                .withCauseInstanceOf(CircularRedirectException.class)
                .withMessageContaining("3 redirects ago");

        assertThat(servers[0].requests()).hasSize(2);
        assertThat(servers[2].requests()).hasSize(1);
    }

    @Test
    void formThatLeadsBackToItselfIsFollowed() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.method().equals("POST") ? redirect(303, "/form") : ok("saved")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.post(server.uri("/form"), "x").body()).isEqualTo("saved");
    }

    // F02

    @Test
    void sixthRedirectIsAnError() throws Exception {
        ScriptedServer server = start(ScriptedServer.http().byDefault(request -> {
            int step = Integer.parseInt(request.target().substring(1));
            return (step == 0) ? ok("there") : redirect(302, "/" + (step - 1));
        }));
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        assertThat(client.get(server.uri("/5")).body()).isEqualTo("there");
        assertThatExceptionOfType(ClientProtocolException.class)
                .isThrownBy(() -> client.get(server.uri("/100")))
                .withCauseInstanceOf(RedirectException.class)
                .withMessageContaining("5 redirects")
                .withMessageContaining("RequestConfig.maxRedirects");

        assertThat(server.requests()).hasSize(6 + 6);
        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(client.events.failures).containsExactly(FailureReason.OTHER);
    }

    @Test
    void numberOfRedirectsIsTheUsersToChange() throws Exception {
        ScriptedServer server = start(ScriptedServer.http().byDefault(request -> {
            int step = Integer.parseInt(request.target().substring(1));
            return (step == 0) ? ok("there") : redirect(302, "/" + (step - 1));
        }));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultRequestConfig(
                        RequestConfig.custom().setMaxRedirects(20).build())));

        assertThat(client.get(server.uri("/20")).body()).isEqualTo("there");
    }

    // F03

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303, 307, 308})
    void encryptionIsNotLostOnTheWay(int status) throws Exception {
        ScriptedServer plain = start(ScriptedServer.http());
        ScriptedServer secure = start(ScriptedServer.https().byDefault(redirect(status, plain.uri("/in/clear"))));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(secure.uri("/"))).isEqualTo(new TestClient.Reply(status, "moved"));
        assertThat(send(client, "GET", secure.uri("/"), null).status()).isEqualTo(status);
        assertThat(send(client, "POST", secure.uri("/"), SECRET).status()).isEqualTo(status);

        assertThat(plain.connectionsAccepted()).isZero();
    }

    @Test
    void encryptionIsNotLostInTwoSteps() throws Exception {
        ScriptedServer plain = start(ScriptedServer.http());
        ScriptedServer secure = start(ScriptedServer.https().byDefault(redirect(302, plain.uri("/"))));
        ScriptedServer first = redirecting(302, secure.uri("/"));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(first.uri("/")).status()).isEqualTo(302);

        assertThat(secure.requests()).hasSize(1);
        assertThat(plain.connectionsAccepted()).isZero();
    }

    // F04, F05, S13

    static Stream<Arguments> crossings() {
        return Stream.of(301, 302, 303, 307, 308)
                .flatMap(status -> Stream.of("GET", "HEAD").map(method -> arguments(status, method)));
    }

    @ParameterizedTest
    @MethodSource("crossings")
    void anotherOriginGetsOnlyWhatSaysHowTheAnswerShouldLook(int status, String method) throws Exception {
        ScriptedServer other = start(ScriptedServer.http());
        ScriptedServer server = redirecting(status, other.uri("/target?x=1"));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, method, server.uri("/"), null).status()).isEqualTo(200);

        assertThat(server.requests().get(0).header("X-Api-Key")).isEqualTo(SECRET);
        assertNothingOfTheSecretReached(other);
        assertThat(other.requests()).singleElement().satisfies(request -> {
            assertThat(request.method()).isEqualTo(method);
            assertThat(request.target()).isEqualTo("/target?x=1");
            assertThat(request.headers())
                    .extracting(header -> header.name().toLowerCase(Locale.ROOT))
                    .containsExactlyInAnyOrder(
                            "accept",
                            "accept-encoding",
                            "accept-language",
                            "range",
                            "traceparent",
                            "user-agent",
                            "host",
                            "connection");
            assertThat(request.header("Host")).isEqualTo("127.0.0.1:" + other.port());
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost:%d/", "http://LOCALHOST:%d/", "//localhost:%d/", "https://127.0.0.1:%d/"})
    void anotherSpellingOfTheHostOrAnotherSchemeIsAnotherOrigin(String location) throws Exception {
        ScriptedServer other = start(location.startsWith("https") ? ScriptedServer.https() : ScriptedServer.http());
        ScriptedServer server = redirecting(302, location.formatted(other.port()));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, "GET", server.uri("/"), null).status()).isEqualTo(200);

        assertThat(other.requests()).hasSize(1);
        assertNothingOfTheSecretReached(other);
    }

    @Test
    void ownOriginGetsEverything() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/old") ? redirect(301, "new") : ok("there")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, "GET", server.uri("/old"), null).body()).isEqualTo("there");

        assertThat(server.requests().get(1).headers())
                .isEqualTo(server.requests().get(0).headers());
    }

    @Test
    void whatWasDroppedDoesNotComeBackOnTheWayHome() throws Exception {
        ScriptedServer[] servers = new ScriptedServer[2];
        servers[0] = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/") ? redirect(302, servers[1].uri("/")) : ok("home")));
        servers[1] = start(ScriptedServer.http().byDefault(request -> redirect(302, servers[0].uri("/home"))));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, "GET", servers[0].uri("/"), null).body()).isEqualTo("home");

        assertNothingOfTheSecretReached(servers[1]);
        Request home = servers[0].requests().get(1);
        assertThat(home.headers()).noneMatch(header -> header.value().contains(SECRET));
        assertThat(home.header("Accept")).isEqualTo("application/json");
    }

    @Test
    void defaultHeadersOfTheClientAndThoseOfInterceptorsStayWithTheOrigin() throws Exception {
        ScriptedServer other = start(ScriptedServer.http());
        ScriptedServer server = redirecting(302, other.uri("/"));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultHeaders(
                                List.of(new BasicHeader("X-Api-Key", SECRET)))
                        .addRequestInterceptorFirst(
                                (request, entity, context) -> request.setHeader("Authorization", SECRET))
                        .addRequestInterceptorLast((request, entity, context) -> request.setHeader("Cookie", SECRET))));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(server.requests().get(0).header("X-Api-Key")).isEqualTo(SECRET);
        assertThat(server.requests().get(0).header("Authorization")).isEqualTo(SECRET);
        assertNothingOfTheSecretReached(other);

        // The next call is one of its own, even if a user gives it the same context.
        HttpClientContext context = HttpClientContext.create();
        for (ScriptedServer called : List.of(server, other)) {
            client.http()
                    .execute(new HttpUriRequestBase("GET", called.uri("/")), context, response -> response.getCode());
        }
        assertThat(other.requests()).hasSize(3);
        assertThat(other.requests().get(2).header("X-Api-Key")).isEqualTo(SECRET);
    }

    @Test
    void cookiesOfTheOtherOriginGoToIt() throws Exception {
        ScriptedServer other = start(ScriptedServer.http().byDefault(ok("x").header("Set-Cookie", "theirs=1")));
        ScriptedServer server = redirecting(302, "http://localhost:" + other.port() + "/");
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultRequestConfig(
                        RequestConfig.custom().setCookieSpec("strict").build())));

        client.get(server.uri("/"));
        client.get(server.uri("/"));

        assertThat(other.requests().get(1).header("Cookie")).isEqualTo("theirs=1");
        assertThat(server.requests().get(1).header("Cookie")).isNull();
    }

    @Test
    void aCookieThatTheApplicationMadeStaysWithTheOriginAlsoIfCookiesAreOn() throws Exception {
        ScriptedServer other = start(ScriptedServer.http().byDefault(ok("x").header("Set-Cookie", "theirs=1")));
        ScriptedServer server = redirecting(302, "http://localhost:" + other.port() + "/");
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultHeaders(
                                List.of(new BasicHeader("Cookie", "session=" + SECRET)))
                        .setDefaultRequestConfig(
                                RequestConfig.custom().setCookieSpec("strict").build())));

        client.get(server.uri("/"));
        client.get(server.uri("/"));

        assertThat(server.requests().get(1).headers("Cookie")).contains("session=" + SECRET);
        assertThat(other.requests()).hasSize(2);
        assertNothingOfTheSecretReached(other);
    }

    @Test
    void aCookieThatCannotBeSpeltHarmsNoLaterCall() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(ok("x").header("Set-Cookie", "name=Za\u00c5\u00bc\u00c3\u00b3\u0085; Path=/")));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultRequestConfig(
                        RequestConfig.custom().setCookieSpec("relaxed").build())));

        client.get(server.uri("/"));

        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        assertThat(server.requests().get(1).header("Cookie")).startsWith("name=");
    }

    @Test
    void cookieThatARedirectSetsIsNotSentOn() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/old")
                        ? redirect(302, "/new").header("Set-Cookie", "session=" + SECRET + "; Path=/")
                        : ok("there")));
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/old"));
        client.get(server.uri("/new"));

        assertThat(server.requests())
                .hasSize(3)
                .allSatisfy(request -> assertThat(request.header("Cookie")).isNull());
    }

    @Test
    void answerToAChallengeOfTheOtherOriginGoesToItAlone() throws Exception {
        ScriptedServer other = start(ScriptedServer.http()
                .byDefault(request -> (request.header("Authorization") != null)
                        ? ok("known")
                        : status(401)
                                .header("WWW-Authenticate", "Basic realm=\"x\"")
                                .body("who?")));
        ScriptedServer server = redirecting(302, other.uri("/"));
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(
                new AuthScope("127.0.0.1", other.port()), new UsernamePasswordCredentials("u", "p".toCharArray()));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));

        assertThat(client.get(server.uri("/")).body()).isEqualTo("known");

        assertThat(server.requests())
                .singleElement()
                .satisfies(
                        request -> assertThat(request.header("Authorization")).isNull());
    }

    // F06

    @ParameterizedTest
    @CsvSource({
        "307, POST",
        "308, POST",
        "307, PUT",
        "308, PUT",
        "301, PUT",
        "302, PUT",
        "302, PATCH",
        "307, PATCH",
        "307, GET",
        "302, DELETE"
    })
    void bodyDoesNotGoToAnotherOrigin(int status, String method) throws Exception {
        ScriptedServer other = start(ScriptedServer.http());
        ScriptedServer server = redirecting(status, other.uri("/"));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, method, server.uri("/"), "body of " + SECRET))
                .isEqualTo(new TestClient.Reply(status, "moved"));

        assertThat(other.connectionsAccepted()).isZero();
        assertThat(client.events.failures).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void methodThatMayChangeSomethingDoesNotGoToAnotherOrigin(String method) throws Exception {
        ScriptedServer other = start(ScriptedServer.http());
        ScriptedServer server = redirecting(307, other.uri("/"));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, method, server.uri("/"), null).status()).isEqualTo(307);

        assertThat(other.connectionsAccepted()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {307, 308})
    void bodyAndKeyGoOnWithinTheOrigin(int status) throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/old") ? redirect(status, "/new") : ok("done")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, "POST", server.uri("/old"), "content").body()).isEqualTo("done");

        Request second = server.requests().get(1);
        assertThat(second.method()).isEqualTo("POST");
        assertThat(second.bodyText()).isEqualTo("content");
        assertThat(second.header("Idempotency-Key")).isEqualTo(SECRET);
    }

    @Test
    void bodyThatCanBeReadOnceStaysWhereItWasSent() throws Exception {
        ScriptedServer server = redirecting(307, "/new");
        TestClient client = TestClient.withDefaults(this.leaks);
        HttpEntity once = new InputStreamEntity(new ByteArrayInputStream(new byte[10]), 10, null);

        assertThat(client.send("POST", server.uri("/old"), once).status()).isEqualTo(307);

        assertThat(server.requests()).hasSize(1);
    }

    // F07

    @ParameterizedTest
    @CsvSource({
        "301, POST, GET", "302, POST, GET", "303, POST, GET", "303, PUT, GET", "303, PATCH, GET", "303, DELETE, GET",
        "301, PUT, PUT", "302, PUT, PUT", "301, PATCH, PATCH", "302, DELETE, DELETE", "303, HEAD, HEAD",
                "302, HEAD, HEAD"
    })
    void methodAfterARedirectIsThatOfTheRfc(int status, String method, String then) throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/old") ? redirect(status, "/new") : ok("done")));
        TestClient client = TestClient.withDefaults(this.leaks);
        String body = method.startsWith("P") ? "content" : null;

        assertThat(send(client, method, server.uri("/old"), body).status()).isEqualTo(200);

        Request second = server.requests().get(1);
        assertThat(second.method()).isEqualTo(then);
        if (!method.equals(then)) {
            assertThat(second.body()).isEmpty();
            assertThat(second.headers()).noneMatch(header -> header.value().contains(SECRET));
        } else {
            assertThat(second.bodyText()).isEqualTo((body != null) ? body : "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {301, 302, 303})
    void postBecomesAGetWithoutAnythingOnTheWayToAnotherOrigin(int status) throws Exception {
        ScriptedServer other = start(ScriptedServer.http());
        ScriptedServer server = redirecting(status, other.uri("/"));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(send(client, "POST", server.uri("/"), SECRET).status()).isEqualTo(200);

        assertThat(other.requests()).singleElement().extracting(Request::method).isEqualTo("GET");
        assertNothingOfTheSecretReached(other);
    }

    // F08

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:///etc/" + SECRET,
                "gopher://127.0.0.1/" + SECRET,
                "my.app://callback?code=" + SECRET,
                "http://user:" + SECRET + "@127.0.0.1/",
                "http://127.0.0.1\\@" + SECRET + "/",
                "\\\\" + SECRET,
                "/a\tb" + SECRET,
                "/\\" + SECRET,
                "//" + SECRET + "@x/",
                "http://a " + SECRET + "/",
                "//a|" + SECRET + "/",
                "//a%20" + SECRET + "/",
                "http:///" + SECRET,
                "http://127.0.0.1:99999/" + SECRET
            })
    void locationThatLeadsNowhereIsABadResponse(String location) throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).answer(redirect(302, location))));
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(1, 0));

        Throwable thrown = catchThrowable(() -> client.get(server.uri("/?q=" + SECRET)));

        assertThat(thrown).isInstanceOfSatisfying(BadResponseException.class, ex -> {
            assertThat(ex.reason()).isEqualTo("malformed");
            assertThat(ex.route()).isEqualTo("http://127.0.0.1:" + server.port());
            assertThat(ex).hasMessageContaining("client 'default'").hasMessageContaining("its Location");
        });
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            assertThat(cause.toString()).doesNotContain(SECRET);
        }
        assertThat(client.events.failures).containsExactly(FailureReason.MALFORMED);
        assertThat(client.get(server.uri("/")).body()).isEqualTo("ok");
        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(ints = {8_200, 60_000, 70_000})
    void locationThatIsTooLongIsABadResponse(int length) {
        ScriptedServer server = redirecting(302, "/" + "x".repeat(length));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatExceptionOfType(BadResponseException.class).isThrownBy(() -> client.get(server.uri("/")));

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void lineBreakInALocationIsNone() {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(Answer.raw("HTTP/1.1 302 Found\r\nLocation: /a\rX-Evil: 1\r\nContent-Length: 0\r\n\r\n")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatExceptionOfType(BadResponseException.class).isThrownBy(() -> client.get(server.uri("/")));

        assertThat(server.requests()).hasSize(1);
    }

    @Test
    void locationsThatDisagreeAreABadResponse() {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(status(302).header("Location", "/x").header("Location", "/y")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThatExceptionOfType(BadResponseException.class)
                .isThrownBy(() -> client.get(server.uri("/")))
                .withMessageContaining("more than one Location");
    }

    @ParameterizedTest
    @CsvSource({
        "new, /a/new",
        "../new, /new",
        "../../../new, /new",
        "?page=2, /a/b?page=2",
        "/x//y, /x//y",
        "//HERE//x, //x",
        "/a%2Fb?sig=a%2Bb%3D&x=1+2, /a%2Fb?sig=a%2Bb%3D&x=1+2",
        "/new#fragment, /new",
        "/b\u00c3\u00bccher, /b%C3%BCcher",
        "/a b, /a%20b",
        "?q=a b|c, /a/b?q=a%20b%7Cc",
        "x y/../[z], /a/%5Bz%5D",
        "/%zz?{p}=100%, /%25zz?%7Bp%7D=100%25",
        "//HERE/c d#e f, /c%20d",
        "/x y@z:1/, /x%20y@z:1/",
        "/ //evil.example/%2e%2e/ .., /%20//evil.example/%2e%2e/%20.."
    })
    void relativeLocationIsResolvedAndAnAddressKept(String location, String target) throws Exception {
        ScriptedServer[] self = new ScriptedServer[1];
        self[0] = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/a/b?page=1")
                        ? redirect(302, location.replace("HERE", "127.0.0.1:" + self[0].port()))
                        : ok("there")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(self[0].uri("/a/b?page=1")).body()).isEqualTo("there");

        assertThat(self[0].requests().get(1).target()).isEqualTo(target);
    }

    @ParameterizedTest
    @ValueSource(ints = {300, 304, 305, 306, 201, 200})
    void locationOfAnotherAnswerMeansSomethingElse(int status) throws Exception {
        ScriptedServer server =
                start(ScriptedServer.http().byDefault(status(status).header("Location", "file:///etc/passwd")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(server.uri("/")).status()).isEqualTo(status);
    }

    // F09

    @Test
    void redirectToAFilteredAddressIsRejected() throws Exception {
        ScriptedServer internal = start(ScriptedServer.http());
        ScriptedServer server = redirecting(302, "http://localhost:" + internal.port() + "/admin?token=" + SECRET);
        AddressFilter filter =
                new AddressFilter(new Object(), address -> !address.toString().startsWith("localhost/"));
        TestClient client = TestClient.with(this.leaks, settings -> settings.addressFilter(filter));

        assertThatExceptionOfType(CallRejectedException.class)
                .isThrownBy(() -> client.get(server.uri("/")))
                .isInstanceOf(IOException.class)
                .withMessageContaining("localhost")
                .withMessageNotContaining(SECRET);

        assertThat(internal.connectionsAccepted()).isZero();
        assertThat(client.events.failures).containsExactly(FailureReason.ADDRESS_REFUSED);
    }

    // F10, D14

    @Test
    void smallBodyOfARedirectKeepsTheConnection() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/old")
                        ? status(302).header("Location", "/new").body("x".repeat(60_000))
                        : ok("there")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(server.uri("/old")).body()).isEqualTo("there");

        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    @Test
    void hugeBodyOfARedirectIsNotRead() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(Answer.raw(
                                        "HTTP/1.1 302 Found\r\nLocation: /new\r\nContent-Length: 1000000000\r\n\r\n"))
                                .then(Effect.writeForever("x".repeat(8192)))));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(server.uri("/old")).body()).isEqualTo("ok");

        assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 1);
    }

    @Test
    void slowBodyOfARedirectIsNotWaitedFor() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(status(302).header("Location", "/new").body("x".repeat(1000)))
                                .at(Moment.RESPONSE_BODY, Effect.stall())));
        TestClient client = TestClient.with(this.leaks, settings -> settings.readTimeout(Duration.ofSeconds(30)));

        long start = System.nanoTime();
        assertThat(client.get(server.uri("/old")).body()).isEqualTo("ok");

        // Far above the 50 ms of the rule, and far below the read timeout.
        assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(10));
        assertThat(server.requests()).extracting(Request::connection).containsExactly(0, 1);
    }

    @Test
    void compressedBodyOfARedirectIsNotUnpacked() throws Exception {
        ByteArrayOutputStream bomb = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(bomb)) {
            byte[] zeros = new byte[1 << 20];
            for (int i = 0; i < 40; i++) {
                gzip.write(zeros);
            }
        }
        ScriptedServer server = start(ScriptedServer.http()
                .byDefault(request -> request.target().equals("/old")
                        ? status(302)
                                .header("Location", "/new")
                                .header("Content-Encoding", "gzip")
                                .body(bomb.toByteArray())
                        : ok("there")));
        TestClient client = TestClient.withDefaults(this.leaks);

        assertThat(client.get(server.uri("/old")).body()).isEqualTo("there");

        assertThat(bomb.size()).isLessThan(BoundedDrainStream.MOST_BYTES);
        assertThat(server.connectionsAccepted()).isEqualTo(1);
    }

    // What is said of it

    @Test
    void redirectThatIsNotFollowedIsOneLineAtDebug() throws Exception {
        ScriptedServer plain = start(ScriptedServer.http());
        ScriptedServer secure = start(
                ScriptedServer.https().byDefault(redirect(302, plain.uri("/in/clear?token=" + SECRET + "#" + SECRET))));
        ScriptedServer crossing = redirecting(307, plain.uri("/?token=" + SECRET));
        TestClient client = TestClient.withDefaults(this.leaks);
        Logger logger = (Logger) LoggerFactory.getLogger(BoundedRedirects.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        logger.setLevel(Level.DEBUG);
        try {
            send(client, "GET", secure.uri("/?key=" + SECRET), null);
            send(client, "PUT", crossing.uri("/?key=" + SECRET), SECRET);
            send(client, "DELETE", crossing.uri("/?key=" + SECRET), null);
            send(client, "GET", crossing.uri("/?key=" + SECRET), null);
        } finally {
            logger.detachAppender(log);
            logger.setLevel(null);
        }

        String to = "http://127.0.0.1:" + plain.port();
        String from = "http://127.0.0.1:" + crossing.port();
        assertThat(log.list)
                .extracting(ILoggingEvent::getFormattedMessage)
                .containsExactly(
                        "GET https://127.0.0.1:" + secure.port() + ": redirect to " + to
                                + " not followed, as it leads from https to http",
                        "PUT " + from + ": redirect to " + to
                                + " not followed, as it would take the body to another origin",
                        "DELETE " + from + ": redirect to " + to
                                + " not followed, as only GET and HEAD are sent on to another origin");
        assertThat(log.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.DEBUG);
    }

    // Between the layers

    @Test
    void eachStepIsAnExchangeOnItsOwnRoute() throws Exception {
        ScriptedServer other = start(ScriptedServer.http());
        ScriptedServer server = redirecting(302, other.uri("/"));
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 3; i++) {
            client.get(server.uri("/"));
        }

        String first = "http://127.0.0.1:" + server.port();
        String second = "http://127.0.0.1:" + other.port();
        assertThat(client.events.routes).containsExactly(first, second, first, second, first, second);
        assertThat(client.events.attempts).hasSize(6).startsWith("FIRST REDIRECTION", "FIRST SUCCESS");
        assertThat(server.connectionsAccepted()).isEqualTo(1);
        assertThat(other.connectionsAccepted()).isEqualTo(1);
        assertThat(client.active()).isZero();
    }

    @Test
    void requestAtTheOtherOriginIsReplayedAsWhatItBecame() throws Exception {
        ScriptedServer other = start(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin())));
        ScriptedServer server = redirecting(303, other.uri("/"));
        TestClient client = TestClient.withDefaults(this.leaks);
        client.get(other.uri("/first"));

        assertThat(send(client, "POST", server.uri("/"), SECRET).status()).isEqualTo(200);

        // A GET may be sent twice, with a key or without; the POST was sent once.
        assertThat(server.requests()).hasSize(1);
        assertThat(other.requests()).extracting(Request::method).containsExactly("GET", "GET", "GET");
        assertNothingOfTheSecretReached(other);
    }

    @Test
    void redirectedPostWithoutAKeyIsNotReplayed() throws Exception {
        ScriptedServer server = start(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(redirect(307, "/new"))
                                .request(1)
                                .at(Moment.REQUEST_BODY, Effect.fin())));
        TestClient client = TestClient.withDefaults(this.leaks);

        Throwable thrown = catchThrowable(() -> client.post(server.uri("/old"), "order"));

        assertThat(thrown).isInstanceOf(ConnectionLostException.class);
        assertThat(server.requests()).extracting(Request::target).containsExactly("/old", "/new");
    }

    @Test
    void answerAfterARedirectIsStreamed() throws Exception {
        CountDownLatch half = new CountDownLatch(1);
        ScriptedServer other = start(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .answer(ok("x".repeat(1000)))
                                .at(Moment.RESPONSE_BODY, Effect.until(half))));
        ScriptedServer server = redirecting(302, other.uri("/"));
        TestClient client = TestClient.withDefaults(this.leaks);

        int read = client.http().execute(new HttpUriRequestBase("GET", server.uri("/")), response -> {
            int first = response.getEntity().getContent().read();
            // Only now the server may go on.
            half.countDown();
            return first;
        });

        assertThat(read).isEqualTo('x');
    }

    @Test
    void redirectStrategyOfAUserWins() throws Exception {
        ScriptedServer other = start(ScriptedServer.http());
        ScriptedServer server = redirecting(307, other.uri("/"));
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setRedirectStrategy(new DefaultRedirectStrategy())
                        .setDefaultHeaders(List.of(new BasicHeader("X-Api-Key", "theirs")))));

        assertThat(client.post(server.uri("/"), "content").status()).isEqualTo(200);

        assertThat(other.requests().get(0).bodyText()).isEqualTo("content");
        assertThat(other.requests().get(0).header("X-Api-Key")).isEqualTo("theirs");
    }

    static Stream<UnaryOperator<TestClient.Settings>> offSwitches() {
        return Stream.of(
                settings -> settings.customizer(builder -> builder.disableRedirectHandling()),
                settings -> settings.customizer(builder -> builder.setDefaultRequestConfig(
                        RequestConfig.custom().setRedirectsEnabled(false).build())));
    }

    @ParameterizedTest
    @MethodSource("offSwitches")
    void redirectsThatAUserSwitchesOffAreAnswers(UnaryOperator<TestClient.Settings> off) throws Exception {
        ScriptedServer server = redirecting(302, "file:///etc/passwd");
        TestClient client = TestClient.with(this.leaks, off);

        assertThat(client.get(server.uri("/")).status()).isEqualTo(302);
    }
}
