// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Fallback;
import org.springframework.context.annotation.Lazy;
import org.springframework.http.converter.FormHttpMessageConverter;
import org.springframework.security.oauth2.client.endpoint.AbstractRestClientOAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AccessTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.OAuth2AuthorizationCodeGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.OAuth2RefreshTokenGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientAuthorizationCodeTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.endpoint.RestClientRefreshTokenTokenResponseClient;
import org.springframework.security.oauth2.client.http.OAuth2ErrorResponseErrorHandler;
import org.springframework.security.oauth2.core.http.converter.OAuth2AccessTokenResponseHttpMessageConverter;
import org.springframework.web.client.RestClient;

/**
 * Auto-configuration of the clients with which Spring Security asks for OAuth2 tokens, which it otherwise makes without
 * Spring Boot's builders. They exist for the grants that Spring Security serves without being asked; a bean for
 * {@code jwt-bearer} or token exchange would switch that grant on.
 *
 * <p>The application's {@code RestClientCustomizer} beans are not applied: one that adds tokens to requests would ask for
 * a token in order to ask for a token.
 */
@AutoConfiguration(after = EvenkeelAutoConfiguration.class)
@ConditionalOnClass({RestClient.class, RestClientClientCredentialsTokenResponseClient.class})
@ConditionalOnBean(EvenkeelRequestFactoryBuilder.class)
@Lazy
public final class EvenkeelOAuth2ClientAutoConfiguration {

    private final EvenkeelRequestFactoryBuilder requestFactories;
    private final ObjectProvider<HttpClientSettings> settings;

    EvenkeelOAuth2ClientAutoConfiguration(
            EvenkeelRequestFactoryBuilder requestFactories, ObjectProvider<HttpClientSettings> settings) {
        this.requestFactories = requestFactories;
        this.settings = settings;
    }

    @Bean
    @Fallback
    @ConditionalOnMissingBean
    OAuth2AccessTokenResponseClient<OAuth2AuthorizationCodeGrantRequest> evenkeelAuthorizationCodeTokenClient() {
        return withOurs(new RestClientAuthorizationCodeTokenResponseClient());
    }

    @Bean
    @Fallback
    @ConditionalOnMissingBean
    OAuth2AccessTokenResponseClient<OAuth2RefreshTokenGrantRequest> evenkeelRefreshTokenTokenClient() {
        return withOurs(new RestClientRefreshTokenTokenResponseClient());
    }

    @Bean
    @Fallback
    @ConditionalOnMissingBean
    OAuth2AccessTokenResponseClient<OAuth2ClientCredentialsGrantRequest> evenkeelClientCredentialsTokenClient() {
        return withOurs(new RestClientClientCredentialsTokenResponseClient());
    }

    private <C extends AbstractRestClientOAuth2AccessTokenResponseClient<?>> C withOurs(C client) {
        client.setRestClient(restClient());
        return client;
    }

    // With what Spring Security's own has: its converters, and its handler of error responses.
    private RestClient restClient() {
        return RestClient.builder()
                .requestFactory(this.requestFactories.build(this.settings.getIfAvailable()))
                .configureMessageConverters(converters -> converters
                        .addCustomConverter(new FormHttpMessageConverter())
                        .addCustomConverter(new OAuth2AccessTokenResponseHttpMessageConverter()))
                .defaultStatusHandler(new OAuth2ErrorResponseErrorHandler())
                .build();
    }
}
