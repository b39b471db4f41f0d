// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;
import org.springframework.web.util.DefaultUriBuilderFactory;
import org.springframework.web.util.DefaultUriBuilderFactory.EncodingMode;

/** Whatever is put into a URI, a header or a body: one request leaves, to the host that the code names. */
class RequestsOnTheWireTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer server;
    private ScriptedServer evil;

    @BeforeEach
    void startServers() {
        this.server = this.leaks.server(ScriptedServer.http().start());
        this.evil = this.leaks.server(ScriptedServer.http().start());
    }

    private void assertOneRequest(String target) {
        assertThat(this.server.requests()).extracting(Request::target).containsExactly(target);
        assertThat(this.evil.connectionsAccepted()).isZero();
        assertThat(this.server.connectionsAccepted()).isEqualTo(1);
        assertThat(new String(this.server.bytesReceived(0), StandardCharsets.ISO_8859_1))
                .startsWith("GET " + target + " HTTP/1.1\r\n")
                .doesNotContain("\r\nX-Evil")
                .containsOnlyOnce(" HTTP/1.1\r\n");
    }

    @ParameterizedTest
    @CsvSource(
            quoteCharacter = '`',
            value = {
                "`a\r\nX-Evil: 1`, a%0D%0AX-Evil%3A%201",
                "`a HTTP/1.1\r\n\r\nGET /evil`, a%20HTTP%2F1.1%0D%0A%0D%0AGET%20%2Fevil",
                "`a\nb`, a%0Ab",
                "`a\0b`, a%00b",
                "`a b`, a%20b",
                "a#b, a%23b",
                "a?b=c, a%3Fb%3Dc",
                "a&b, a%26b",
                "../../admin, ..%2F..%2Fadmin",
                "//evil/, %2F%2Fevil%2F",
                "@evil, %40evil",
                "user:pw@evil, user%3Apw%40evil",
                "\\evil, %5Cevil",
                "%2e%2e, %252e%252e",
                "a;jsessionid=1, a%3Bjsessionid%3D1",
                "\u010d\u010a, %C4%8D%C4%8A",
                "\uff0f, %EF%BC%8F"
            })
    void variableOfAUriStaysInItsPlace(String value, String encoded) {
        Contexts.plain().run(context -> {
            context.getBean(RestClient.class)
                    .get()
                    .uri(this.server.uri("") + "/items/{id}?q={q}", value, value)
                    .retrieve()
                    .toBodilessEntity();

            assertOneRequest("/items/" + encoded + "?q=" + encoded);
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1@127.0.0.1:EVIL",
                "127.0.0.1:SERVER@127.0.0.1:EVIL",
                "127.0.0.1:EVIL/",
                "127.0.0.1:EVIL#",
                "127.0.0.1:EVIL?",
                "127.0.0.1:EVIL\\",
                "[127.0.0.1]:EVIL",
                "127.0.0.1:EVIL%00",
                "127.0.0.1\r\nHost: evil"
            })
    void variableInPlaceOfAHostIsAHostOrAnError(String value) {
        String host = value.replace("EVIL", "" + this.evil.port()).replace("SERVER", "" + this.server.port());
        Contexts.plain().run(context -> {
            Throwable thrown = catchThrowable(() -> context.getBean(RestClient.class)
                    .get()
                    .uri("http://{host}:" + this.server.port() + "/", host)
                    .retrieve()
                    .toBodilessEntity());

            assertThat(thrown).isInstanceOf(Exception.class);
            assertThat(this.evil.connectionsAccepted()).isZero();
            assertThat(this.server.requests()).isEmpty();
        });
    }

    /** CVE-2024-22243, 22259 and 22262: the parser that checks a host and the one that calls it must agree. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1:SERVER@127.0.0.1:EVIL/",
                "http://user:pw@127.0.0.1:EVIL/",
                "http://127.0.0.1:SERVER\\@127.0.0.1:EVIL/",
                "http://127.0.0.1:SERVER[@127.0.0.1:EVIL/",
                "http://a@b@127.0.0.1:EVIL/",
                "http://127.0.0.1:SERVER#@127.0.0.1:EVIL/",
                "http://127.0.0.1:SERVER?@127.0.0.1:EVIL/",
                "http:/\\127.0.0.1:EVIL/",
                "http:\\\\127.0.0.1:EVIL/",
                "http://127.0.0.1 :EVIL/",
                "http://\t127.0.0.1:EVIL/",
            })
    void uriInDisguiseCallsNobodyElse(String text) {
        String uri = text.replace("EVIL", "" + this.evil.port()).replace("SERVER", "" + this.server.port());
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.class);
            Throwable thrown =
                    catchThrowable(() -> client.get().uri(uri).retrieve().toBodilessEntity());
            Throwable parsed = catchThrowable(
                    () -> client.get().uri(URI.create(uri)).retrieve().toBodilessEntity());

            assertThat(this.evil.connectionsAccepted()).isZero();
            // What a fragment or a query begins with is not part of a host.
            if (!text.contains("#") && !text.contains("?")) {
                assertThat(thrown).isNotNull();
                assertThat(parsed).isNotNull();
                assertThat(this.server.requests()).isEmpty();
            }
        });
    }

    @Test
    void templateThatIsNotEncodedIsNotSentEither() {
        DefaultUriBuilderFactory raw =
                new DefaultUriBuilderFactory(this.server.uri("").toString());
        raw.setEncodingMode(EncodingMode.NONE);
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.Builder.class)
                    .uriBuilderFactory(raw)
                    .build();

            assertThat(catchThrowable(() -> client.get()
                            .uri("/{id}", "a HTTP/1.1\r\nX-Evil: 1")
                            .retrieve()
                            .toBodilessEntity()))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(this.server.connectionsAccepted()).isZero();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"${java.home}", "#{1+1}", "#{T(java.lang.Runtime)}", "${jndi:ldap://evil/x}", "{{7*7}}"})
    void nothingInAValueIsEvaluated(String value) {
        Contexts.plain().run(context -> {
            context.getBean(RestClient.class)
                    .post()
                    .uri(this.server.uri("") + "/{id}", value)
                    .header("X-Value", value)
                    .body(value)
                    .retrieve()
                    .toBodilessEntity();

            Request request = this.server.requests().get(0);
            assertThat(URI.create(request.target()).getPath()).isEqualTo("/" + value);
            assertThat(request.header("X-Value")).isEqualTo(value);
            assertThat(request.bodyText()).isEqualTo(value);
        });
    }

    @Test
    void headerThatCannotBeSentIsAnIllegalArgument() {
        Contexts.plain().run(context -> {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> context.getBean(RestClient.class)
                            .get()
                            .uri(this.server.uri("/"))
                            .header("X-Name", "a\r\nX-Evil: 1")
                            .retrieve()
                            .toBodilessEntity())
                    .withMessageContaining("'X-Name'")
                    .withMessageContaining("U+000D");
            assertThat(this.server.connectionsAccepted()).isZero();
        });
    }

    private void framing(BiConsumer<RestClient.RequestBodySpec, String> headers, String body, HttpMethod method) {
        Contexts.plain().run(context -> {
            RestClient.RequestBodySpec request =
                    context.getBean(RestClient.class).method(method).uri(this.server.uri("/"));
            headers.accept(request, body);
            request.body(body).retrieve().toBodilessEntity();
            // The next request on the same connection is where smuggled bytes would show.
            context.getBean(RestClient.class)
                    .get()
                    .uri(this.server.uri("/next"))
                    .retrieve()
                    .toBodilessEntity();

            Request sent = this.server.requests().get(0);
            assertThat(sent.bodyText()).isEqualTo(body);
            assertThat(sent.headers("Content-Length").size()
                            + sent.headers("Transfer-Encoding").size())
                    .isEqualTo(1);
            assertThat(this.server.requests()).extracting(Request::target).containsExactly("/", "/next");
            assertThat(this.server.connectionsAccepted()).isEqualTo(1);
        });
    }

    private static final String SMUGGLED = "0\r\n\r\nGET /evil HTTP/1.1\r\nHost: evil\r\n\r\n";

    @Test
    void framingIsNotTheCallersToSay() {
        framing(
                (request, body) -> request.header("Content-Length", String.valueOf(body.length()))
                        .header("Transfer-Encoding", "chunked"),
                SMUGGLED,
                HttpMethod.POST);
    }

    @ParameterizedTest
    @CsvSource({"1, -1000", "1, -1", "1, 1", "1, 1000", "1000, -1", "1000, 1", "1000, 100000"})
    void lengthThatIsNotThatOfTheBodyFailsTheRequest(int repeated, int difference) {
        String body = SMUGGLED.repeat(repeated);
        long length = Math.max(0, body.length() + difference);
        // A server that answers before it has all of the body takes the next request for the rest.
        ScriptedServer early = this.leaks.server(ScriptedServer.http()
                .onEveryRequest(script -> script.at(Moment.REQUEST_HEAD, Effect.answer(Answer.ok("early"))))
                .start());
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.class);
            assertThatExceptionOfType(ResourceAccessException.class)
                    .isThrownBy(() -> client.post()
                            .uri(early.uri("/"))
                            .header("Content-Length", String.valueOf(length))
                            .body(body)
                            .retrieve()
                            .toBodilessEntity())
                    .withMessageContaining(length + " bytes of its Content-Length");
            client.get().uri(early.uri("/next")).retrieve().toBodilessEntity();

            // The one that failed may be entered later.
            assertThat(early.requests())
                    .filteredOn(request -> request.target().equals("/next"))
                    .extracting(Request::connection)
                    .containsExactly(1);
            assertThat(new String(early.bytesReceived(0), StandardCharsets.ISO_8859_1))
                    .doesNotContain("/next");
        });
    }

    @Test
    void transferEncodingOfTheCallerIsNotSent() {
        framing((request, body) -> request.header("Transfer-Encoding", "chunked, identity"), SMUGGLED, HttpMethod.POST);
    }

    @Test
    void bodyOfAGetHasOneFraming() {
        framing((request, body) -> {}, SMUGGLED, HttpMethod.GET);
    }

    @Test
    void streamedBodyHasOneFraming() {
        Contexts.plain().run(context -> {
            StreamingHttpOutputMessage.Body body = out -> out.write(SMUGGLED.getBytes(StandardCharsets.US_ASCII));
            context.getBean(RestClient.class)
                    .post()
                    .uri(this.server.uri("/"))
                    .header("Transfer-Encoding", "chunked")
                    .body(body)
                    .retrieve()
                    .toBodilessEntity();

            Request sent = this.server.requests().get(0);
            assertThat(sent.bodyText()).isEqualTo(SMUGGLED);
            assertThat(sent.headers("Transfer-Encoding")).containsExactly("chunked");
            assertThat(sent.headers("Content-Length")).isEmpty();
            assertThat(this.server.requests()).hasSize(1);
        });
    }
}
