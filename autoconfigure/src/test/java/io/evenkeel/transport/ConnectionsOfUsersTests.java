// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.exec.ConnectionAuthTokenHandler;
import java.security.Principal;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.auth.AuthChallenge;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.AuthScheme;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A connection that belongs to a user serves no other. */
class ConnectionsOfUsersTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void aConnectionThatBelongsToAUserIsNotKept() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        TestClient client = TestClient.with(
                this.leaks,
                settings -> settings.customizer(
                        builder -> builder.setUserTokenHandler((route, context) -> "the user of this call")));

        for (int i = 0; i < 3; i++) {
            assertThat(client.get(server.uri("/")).status()).isEqualTo(200);
        }

        assertThat(server.connectionsAccepted()).isEqualTo(3);
        assertThat(client.idle()).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyASchemeThatAuthenticatesTheConnectionMakesItSomebodys(boolean connectionBased) {
        HttpHost host = new HttpHost("https", "api.example.com", 443);
        HttpClientContext context = HttpClientContext.create();
        AuthExchange exchange = new AuthExchange();
        exchange.select(new Scheme(connectionBased));
        context.setAuthExchange(host, exchange);

        Object token = new ConnectionAuthTokenHandler().getUserToken(new HttpRoute(host), context);

        assertThat(token != null).isEqualTo(connectionBased);
    }

    @Test
    void withoutAuthenticationAConnectionIsNobodys() {
        HttpHost host = new HttpHost("https", "api.example.com", 443);

        assertThat(new ConnectionAuthTokenHandler().getUserToken(new HttpRoute(host), HttpClientContext.create()))
                .isNull();
    }

    private record Scheme(boolean connectionBased) implements AuthScheme {

        @Override
        public String getName() {
            return "Test";
        }

        @Override
        public boolean isConnectionBased() {
            return this.connectionBased;
        }

        @Override
        public void processChallenge(AuthChallenge challenge, HttpContext context) {}

        @Override
        public boolean isChallengeComplete() {
            return true;
        }

        @Override
        public String getRealm() {
            return "";
        }

        @Override
        public boolean isResponseReady(HttpHost host, CredentialsProvider credentials, HttpContext context) {
            return true;
        }

        @Override
        public Principal getPrincipal() {
            return () -> "alice";
        }

        @Override
        public String generateAuthResponse(HttpHost host, HttpRequest request, HttpContext context) {
            return "";
        }
    }
}
