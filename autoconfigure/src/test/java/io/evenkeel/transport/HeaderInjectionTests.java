// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.event.FailureReason;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.message.BasicHeader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class HeaderInjectionTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static Stream<Arguments> injections() {
        return Stream.of(
                arguments("X-Name", "a\r\nX-Evil: 1"),
                arguments("X-Name", "a\nX-Evil: 1"),
                arguments("X-Name", "a\rX-Evil: 1"),
                arguments("X-Name", "a\r\n\r\nGET /evil HTTP/1.1\r\n"),
                // Cut down to a byte, these are CR and LF.
                arguments("X-Name", "a\u010d\u010aX-Evil: 1"),
                arguments("X-Name", "a\0b"),
                arguments("X Name", "a"),
                arguments("X-Name: 1\r\nX-Evil", "a"),
                arguments("X-Name\u010d\u010aX-Evil", "a"),
                arguments("X-Name:", "a"),
                arguments(" X-Name", "a"));
    }

    @ParameterizedTest
    @MethodSource("injections")
    void headerThatCannotBeSentAsItIsIsNotSentAtAll(String name, String value) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        HttpUriRequestBase request = new HttpUriRequestBase("GET", server.uri("/"));
        request.addHeader(name, value);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> client.http().execute(request, response -> response.getCode()))
                .withMessageContaining("cannot be sent")
                .withMessageNotContaining("Evil");

        assertThat(server.connectionsAccepted()).isZero();
        assertThat(client.events.failures).containsExactly(FailureReason.OTHER);
        assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("injections")
    void headerOfAnInterceptorIsNotEither(String name, String value) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.limits(1, 0)
                        .customizer(builder -> builder.addRequestInterceptorLast((request, entity, context) -> {
                            if (request.getPath().equals("/bad")) {
                                request.addHeader(name, value);
                            }
                        })));

        assertThatIllegalArgumentException().isThrownBy(() -> client.get(server.uri("/bad")));

        assertThat(server.requests()).isEmpty();
        assertThat(client.active()).isZero();
        assertThat(client.get(server.uri("/good")).status()).isEqualTo(200);
    }

    @Test
    void defaultHeaderOfTheClientIsNotEither() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(
                        builder -> builder.setDefaultHeaders(List.of(new BasicHeader("X-Name", "a\r\nX-Evil: 1")))));

        assertThatIllegalArgumentException().isThrownBy(() -> client.get(server.uri("/")));

        assertThat(server.requests()).isEmpty();
    }

    @Test
    void whatIsoLatin1HasArrivesAsItIs() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);
        HttpUriRequestBase request = new HttpUriRequestBase("GET", server.uri("/"));
        request.addHeader("X-Name", "J\u00fcrgen\t(\"x\")");

        client.http().execute(request, response -> response.getCode());

        assertThat(server.requests().get(0).header("X-Name")).isEqualTo("J\u00fcrgen\t(\"x\")");
    }
}
