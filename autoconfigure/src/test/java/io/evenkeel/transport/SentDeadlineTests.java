// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.deadline.Deadlines;
import io.evenkeel.policy.NonProxyHosts;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.policy.TravellingDeadline.Unit;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What servers are told of the deadline of a call. */
class SentDeadlineTests {

    private static final Duration LIMIT = Duration.ofSeconds(60);

    private static final TravellingDeadline MILLIS = new TravellingDeadline("X-Left-Ms", Unit.MILLIS);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private TestClient client(Duration callTimeout, TravellingDeadline sent) {
        return TestClient.with(
                this.leaks, settings -> settings.times(new TimeLimits(callTimeout, TimeLimits.DEFAULTS.write(), sent)));
    }

    private ScriptedServer server() {
        return this.leaks.server(ScriptedServer.http().start());
    }

    private static List<Long> sent(ScriptedServer server) {
        return server.requests().stream().map(SentDeadlineTests::millis).toList();
    }

    private static long millis(Request request) {
        assertThat(request.headers("X-Left-Ms")).hasSize(1);
        return Long.parseLong(request.headers("X-Left-Ms").get(0));
    }

    private static void get(TestClient client, ScriptedServer server, String... values) throws IOException {
        HttpGet request = new HttpGet(server.uri("/"));
        for (String value : values) {
            request.addHeader("x-left-ms", value);
        }
        client.http().execute(request, response -> EntityUtils.toByteArray(response.getEntity()));
    }

    @Test
    void theServerIsToldWhatIsLeft() throws Exception {
        ScriptedServer server = server();

        get(client(LIMIT, MILLIS), server);

        assertThat(sent(server))
                .singleElement()
                .satisfies(left -> assertThat(left).isBetween(1L, LIMIT.toMillis()));
    }

    @Test
    void secondsAreDecimal() throws Exception {
        ScriptedServer server = server();

        get(client(LIMIT, new TravellingDeadline("Expect-Within", Unit.SECONDS)), server);

        assertThat(server.requests().get(0).header("Expect-Within")).matches("\\d{1,2}\\.\\d{3}");
    }

    @Test
    void theDeadlineOfTheCodeAroundTheCallIsToldToo() throws Exception {
        ScriptedServer server = server();
        TestClient client = client(Duration.ZERO, MILLIS);

        Deadlines.within(Duration.ofSeconds(20), () -> get(client, server));

        assertThat(sent(server))
                .singleElement()
                .satisfies(left -> assertThat(left).isBetween(1L, 20_000L));
    }

    @Test
    void withoutDeadlineOrHeaderNothingIsSent() throws Exception {
        ScriptedServer server = server();

        get(client(Duration.ZERO, MILLIS), server);
        get(client(LIMIT, null), server);

        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.header("X-Left-Ms")).isNull());
    }

    @Test
    void aShorterOneOfTheRequestStays() throws Exception {
        ScriptedServer server = server();

        get(client(LIMIT, MILLIS), server, "17");

        assertThat(sent(server)).containsExactly(17L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"70000", "86400000", "99999999999999999999", "-1", "soon", ""})
    void whatIsLongerOrNoneIsReplaced(String value) throws Exception {
        ScriptedServer server = server();

        get(client(LIMIT, MILLIS), server, value);

        assertThat(sent(server))
                .singleElement()
                .satisfies(left -> assertThat(left).isBetween(1L, LIMIT.toMillis()));
    }

    @Test
    void theShortestOfSeveralIsSentAlone() throws Exception {
        ScriptedServer server = server();

        get(client(LIMIT, MILLIS), server, "500", "70000", "300");

        assertThat(sent(server)).containsExactly(300L);
    }

    @Test
    void eachAttemptAndRedirectTellsAnew() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(
                        0,
                        script -> script.request(0)
                                .request(1)
                                .at(Moment.REQUEST_BODY, Effect.pause(Duration.ofMillis(20)), Effect.fin()))
                .onConnection(
                        1,
                        script -> script.request(0)
                                .answer(Answer.status(302).header("Location", "/other"))
                                .at(Moment.REQUEST_BODY, Effect.pause(Duration.ofMillis(20))))
                .start());
        TestClient client = client(LIMIT, MILLIS);
        get(client, server);

        get(client, server);

        List<Long> sent = sent(server).subList(1, 4);
        assertThat(sent.get(1)).isLessThan(sent.get(0));
        assertThat(sent.get(2)).isLessThan(sent.get(1));
    }

    @Test
    void aProxyIsNotTold() {
        ScriptedServer proxy = this.leaks.server(
                ScriptedServer.http().byDefault(Answer.status(403)).start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.times(new TimeLimits(LIMIT, LIMIT, MILLIS))
                        .proxy(new ProxySettings(
                                new ProxyServer("127.0.0.1", proxy.port(), null, new NonProxyHosts(List.of())),
                                ProxySettings.Filter.REFUSE)));

        assertThat(catchThrowable(() -> client.get(URI.create("https://service.invalid/"))))
                .isNotNull();

        assertThat(proxy.requests()).isNotEmpty().allSatisfy(request -> {
            assertThat(request.method()).isEqualTo("CONNECT");
            assertThat(request.header("X-Left-Ms")).isNull();
        });
    }
}
