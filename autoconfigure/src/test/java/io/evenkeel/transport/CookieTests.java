// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.cookie.StandardCookieSpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class CookieTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ScriptedServer server() {
        return this.leaks.server(ScriptedServer.http()
                .byDefault(ok("x").header("Set-Cookie", "session=secret"))
                .start());
    }

    @Test
    void cookieOfAServerIsNotSentBack() throws Exception {
        ScriptedServer server = server();
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/"));
        client.get(server.uri("/"));

        assertThat(server.requests())
                .allSatisfy(request -> assertThat(request.header("Cookie")).isNull());
    }

    @Test
    void firstIgnoredCookieOfAClientIsWorthAWarning(CapturedOutput output) throws Exception {
        ScriptedServer server = server();
        TestClient client = TestClient.withDefaults(this.leaks);

        for (int i = 0; i < 3; i++) {
            client.get(server.uri("/"));
            TestClient.send(client.another(), "GET", server.uri("/"), null);
        }

        assertThat(output.toString().split("ignores the cookies", -1)).hasSize(2);
        assertThat(output)
                .contains("spring.http.clients.cookie-handling")
                .contains("Client 'default'")
                .contains("http://127.0.0.1:" + server.port())
                .doesNotContain("secret");
    }

    @Test
    void answerWithoutACookieIsNot(CapturedOutput output) throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.withDefaults(this.leaks);

        client.get(server.uri("/"));

        assertThat(output).doesNotContain("cookies");
    }

    @Test
    void cookiesThatACustomizerAllowsAreSentBack(CapturedOutput output) throws Exception {
        ScriptedServer server = server();
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(builder -> builder.setDefaultRequestConfig(RequestConfig.custom()
                        .setCookieSpec(StandardCookieSpec.RELAXED)
                        .build())));

        client.get(server.uri("/"));
        client.get(server.uri("/"));

        assertThat(server.requests().get(1).header("Cookie")).isEqualTo("session=secret");
        assertThat(output).doesNotContain("ignores the cookies");
    }
}
