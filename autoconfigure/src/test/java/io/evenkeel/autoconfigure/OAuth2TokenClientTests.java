// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.transport.ConnectionPools;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.restclient.RestClientCustomizer;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.WebApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.ResolvableType;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.oauth2.client.ClientAuthorizationException;
import org.springframework.security.oauth2.client.OAuth2AuthorizeRequest;
import org.springframework.security.oauth2.client.OAuth2AuthorizedClientManager;
import org.springframework.security.oauth2.client.endpoint.AbstractOAuth2AuthorizationGrantRequest;
import org.springframework.security.oauth2.client.endpoint.JwtBearerGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientTokenExchangeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.TokenExchangeGrantRequest;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrationRepository;
import org.springframework.security.oauth2.client.registration.InMemoryClientRegistrationRepository;
import org.springframework.security.oauth2.client.web.HttpSessionOAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.client.web.OAuth2AuthorizedClientRepository;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationExchange;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationResponse;

/** Requests for OAuth2 tokens, beside those of Spring Security's own clients. */
class OAuth2TokenClientTests {

    private static final Answer TOKEN = Answer.ok("""
                    {"access_token":"secret","token_type":"bearer","expires_in":3600,"scope":"read","extra":1}""").header("Content-Type", "application/json");

    // Spring Security never closes the connections of its own clients.
    private static final Answer LAST_TOKEN = TOKEN.header("Connection", "close");

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void theManagerOfSpringSecurityAsksForTokensThroughThePool() {
        ScriptedServer server = server(TOKEN);
        context(server).run(context -> {
            assertThat(authorize(context)).isEqualTo("secret");

            assertThat(server.requests()).hasSize(1);
            assertThat(routes(context)).containsExactly(route(server));
        });
    }

    @Test
    void authorizationCodesAndRefreshTokensGoThroughThePool() {
        ScriptedServer server = server(TOKEN);
        context(server).run(context -> {
            assertThat(exchangeCode(context, server)).isEqualTo("secret");
            assertThat(refresh(context, server)).isEqualTo("secret");

            assertThat(server.requests())
                    .extracting(Request::bodyText)
                    .satisfiesExactly(
                            body -> assertThat(body).contains("grant_type=authorization_code", "code=4711"),
                            body -> assertThat(body).contains("grant_type=refresh_token", "refresh_token=old"));
            assertThat(routes(context)).containsExactly(route(server));
        });
    }

    // What the converters decide is in these headers and in the body.
    @Test
    void theRequestIsThatOfSpringSecurity() {
        ScriptedServer server = server(LAST_TOKEN);
        context(server).run(OAuth2TokenClientTests::authorize);
        context(server).withPropertyValues("evenkeel.enabled=false").run(OAuth2TokenClientTests::authorize);

        Request ours = server.requests().get(0);
        Request stock = server.requests().get(1);
        assertThat(ours.bodyText()).isEqualTo(stock.bodyText()).contains("grant_type=client_credentials");
        for (String header : List.of("Accept", "Content-Type", "Content-Length", "Authorization")) {
            assertThat(ours.headers(header)).isEqualTo(stock.headers(header)).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anErrorAnswerIsWhatSpringSecurityMakesOfIt(boolean enabled) {
        ScriptedServer server = server(Answer.status(400)
                .body("{\"error\":\"invalid_scope\",\"error_description\":\"no such scope\"}")
                .header("Connection", "close")
                .header("Content-Type", "application/json"));
        context(server)
                .withPropertyValues("evenkeel.enabled=" + enabled)
                .run(context -> assertThatExceptionOfType(ClientAuthorizationException.class)
                        .isThrownBy(() -> authorize(context))
                        .satisfies(
                                ex -> assertThat(ex.getError().getErrorCode()).isEqualTo("invalid_scope"))
                        .satisfies(
                                ex -> assertThat(ex.getError().getDescription()).isEqualTo("no such scope")));
    }

    // Stock HttpClient sends the POST again, a second later.
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void onlyStockAsksTwiceWhenTheServerIsOverloaded(boolean enabled) {
        ScriptedServer server = server(Answer.status(503).header("Connection", "close"));
        context(server)
                .withPropertyValues("evenkeel.enabled=" + enabled)
                .run(context -> assertThatExceptionOfType(OAuth2AuthorizationException.class)
                        .isThrownBy(() -> authorize(context)));

        assertThat(server.requestCount("POST")).isEqualTo(enabled ? 1 : 2);
    }

    @Test
    void timeoutsOfAllClientsHold() {
        ScriptedServer server = this.leaks.server(ScriptedServer.http()
                .onConnection(0, script -> script.request(0).at(Moment.REQUEST_BODY, Effect.stall()))
                .start());
        context(server)
                .withPropertyValues("spring.http.clients.read-timeout=200ms")
                .run(context -> assertThatExceptionOfType(OAuth2AuthorizationException.class)
                        .isThrownBy(() -> authorize(context))
                        .withRootCauseInstanceOf(SocketTimeoutException.class));
    }

    @Test
    void customizersOfTheApplicationDoNotApply() {
        ScriptedServer server = server(TOKEN);
        context(server)
                .withBean(
                        RestClientCustomizer.class,
                        () -> builder -> builder.requestInterceptor((request, body, execution) -> {
                            throw new IOException("asks for a token");
                        }))
                .run(context -> assertThat(authorize(context)).isEqualTo("secret"));
    }

    @Test
    void aTokenClientOfTheApplicationTakesThePlaceOfOursForItsGrantOnly() {
        ScriptedServer server = server(TOKEN);
        context(server).withUserConfiguration(OwnTokenClient.class).run(context -> {
            assertThat(authorize(context)).isEqualTo("own");
            assertThat(server.requests()).isEmpty();
            assertThat(clients(context, OAuth2ClientCredentialsGrantRequest.class))
                    .hasSize(1);
            assertThat(clients(context, OAuth2RefreshTokenGrantRequest.class)).hasSize(1);
            assertThat(clients(context, OAuth2AuthorizationCodeGrantRequest.class))
                    .hasSize(1);
        });
    }

    @Test
    void aTokenClientOfTheApplicationMayBeOfSpringSecuritysClass() {
        ScriptedServer server = server(LAST_TOKEN);
        context(server)
                .withBean("own", RestClientClientCredentialsTokenResponseClient.class)
                .run(context -> {
                    assertThat(authorize(context)).isEqualTo("secret");
                    assertThat(routes(context)).isEmpty();
                });
    }

    @Test
    void noGrantIsSwitchedOn() {
        context(server(TOKEN)).run(context -> {
            assertThat(clients(context, JwtBearerGrantRequest.class)).isEmpty();
            assertThat(clients(context, TokenExchangeGrantRequest.class)).isEmpty();
        });
    }

    @Test
    void aTokenClientForAnotherGrantLeavesOursAlone() {
        ScriptedServer server = server(TOKEN);
        context(server)
                .withBean("own", RestClientTokenExchangeTokenResponseClient.class)
                .run(context -> {
                    assertThat(authorize(context)).isEqualTo("secret");
                    assertThat(routes(context)).containsExactly(route(server));
                });
    }

    @Test
    void noneIsMadeBeforeItIsAskedFor() {
        context(server(TOKEN)).run(context -> {
            String name =
                    clients(context, OAuth2AuthorizationCodeGrantRequest.class).get(0);
            assertThat(context.getBeanFactory().containsSingleton(name)).isFalse();
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"evenkeel.enabled=false", "spring.http.clients.imperative.factory=jdk"})
    void withoutPoolsThereAreNone(String property) {
        ScriptedServer server = server(LAST_TOKEN);
        context(server).withPropertyValues(property).run(context -> {
            assertThat(context).doesNotHaveBean(OAuth2AccessTokenResponseClient.class);
            assertThat(context).doesNotHaveBean(EvenkeelOAuth2ClientAutoConfiguration.class);
            assertThat(authorize(context)).isEqualTo("secret");
        });
    }

    @Test
    void withoutSpringSecurityThereAreNone() {
        Contexts.plain()
                .withConfiguration(AutoConfigurations.of(EvenkeelOAuth2ClientAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.springframework.security"))
                .run(context -> assertThat(context)
                        .hasNotFailed()
                        .doesNotHaveBean(EvenkeelOAuth2ClientAutoConfiguration.class));
    }

    private ScriptedServer server(Answer answer) {
        return this.leaks.server(ScriptedServer.http().byDefault(answer).start());
    }

    private static WebApplicationContextRunner context(ScriptedServer server) {
        return Contexts.servlet()
                .withConfiguration(AutoConfigurations.of(EvenkeelOAuth2ClientAutoConfiguration.class))
                .withUserConfiguration(Security.class)
                .withBean(
                        ClientRegistrationRepository.class,
                        () -> new InMemoryClientRegistrationRepository(
                                registration(server, AuthorizationGrantType.CLIENT_CREDENTIALS)));
    }

    private static ClientRegistration registration(ScriptedServer server, AuthorizationGrantType grant) {
        return ClientRegistration.withRegistrationId("partner")
                .clientId("us")
                .clientSecret("s")
                .authorizationGrantType(grant)
                .authorizationUri("http://127.0.0.1/authorize")
                .redirectUri("http://127.0.0.1/back")
                .tokenUri(server.uri("/token").toString())
                .scope("read")
                .build();
    }

    private static String authorize(ApplicationContext context) {
        return context.getBean(OAuth2AuthorizedClientManager.class)
                .authorize(OAuth2AuthorizeRequest.withClientRegistrationId("partner")
                        .principal("somebody")
                        .attribute(HttpServletRequest.class.getName(), new MockHttpServletRequest())
                        .attribute(HttpServletResponse.class.getName(), new MockHttpServletResponse())
                        .build())
                .getAccessToken()
                .getTokenValue();
    }

    private static String exchangeCode(ApplicationContext context, ScriptedServer server) {
        OAuth2AuthorizationRequest request = OAuth2AuthorizationRequest.authorizationCode()
                .clientId("us")
                .authorizationUri("http://127.0.0.1/authorize")
                .redirectUri("http://127.0.0.1/back")
                .state("s")
                .build();
        OAuth2AuthorizationResponse response = OAuth2AuthorizationResponse.success("4711")
                .redirectUri("http://127.0.0.1/back")
                .state("s")
                .build();
        OAuth2AuthorizationCodeGrantRequest grant = new OAuth2AuthorizationCodeGrantRequest(
                registration(server, AuthorizationGrantType.AUTHORIZATION_CODE),
                new OAuth2AuthorizationExchange(request, response));
        return client(context, OAuth2AuthorizationCodeGrantRequest.class)
                .getTokenResponse(grant)
                .getAccessToken()
                .getTokenValue();
    }

    private static String refresh(ApplicationContext context, ScriptedServer server) {
        OAuth2AccessToken expired = new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER, "expired", Instant.EPOCH, Instant.EPOCH.plusSeconds(1));
        OAuth2RefreshTokenGrantRequest grant = new OAuth2RefreshTokenGrantRequest(
                registration(server, AuthorizationGrantType.AUTHORIZATION_CODE),
                expired,
                new OAuth2RefreshToken("old", Instant.EPOCH));
        return client(context, OAuth2RefreshTokenGrantRequest.class)
                .getTokenResponse(grant)
                .getAccessToken()
                .getTokenValue();
    }

    private static <T extends AbstractOAuth2AuthorizationGrantRequest> OAuth2AccessTokenResponseClient<T> client(
            ApplicationContext context, Class<T> grant) {
        ObjectProvider<OAuth2AccessTokenResponseClient<T>> beans = context.getBeanProvider(type(grant));
        return beans.getObject();
    }

    private static List<String> clients(ApplicationContext context, Class<?> grant) {
        return List.of(context.getBeanNamesForType(type(grant)));
    }

    private static ResolvableType type(Class<?> grant) {
        return ResolvableType.forClassWithGenerics(OAuth2AccessTokenResponseClient.class, grant);
    }

    private static List<String> routes(ApplicationContext context) {
        return context.getBean(ConnectionPools.class).snapshot().stream()
                .flatMap(pool -> pool.routes().stream())
                .map(route -> route.route())
                .toList();
    }

    private static String route(ScriptedServer server) {
        return server.uri("").toString();
    }

    private static OAuth2AccessTokenResponse own() {
        return OAuth2AccessTokenResponse.withToken("own")
                .tokenType(OAuth2AccessToken.TokenType.BEARER)
                .expiresIn(60)
                .build();
    }

    /** The manager is Spring Security's. */
    @Configuration(proxyBeanMethods = false)
    @EnableWebSecurity
    static class Security {

        @Bean
        OAuth2AuthorizedClientRepository authorizedClientRepository() {
            return new HttpSessionOAuth2AuthorizedClientRepository();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnTokenClient {

        @Bean
        OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> ownTokenClient() {
            return request -> own();
        }
    }
}
