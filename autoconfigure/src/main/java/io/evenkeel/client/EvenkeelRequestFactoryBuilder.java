// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.transport.ConnectionPools;
import io.evenkeel.transport.HttpClientAssembly;
import io.evenkeel.transport.spec.AddressFilter;
import io.evenkeel.transport.spec.ClientSpec;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.HttpComponentsClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/**
 * Builds request factories whose connections come from Evenkeel's pools. What Spring Boot's own builder does above the
 * connections (redirects, cookies, request defaults), and what the application's customizers of that builder do, it
 * does too.
 *
 * <p>All factories share the pools: building many is cheap, and closing one closes no connection of another. Immutable
 * and thread-safe.
 */
public final class EvenkeelRequestFactoryBuilder
        implements ClientHttpRequestFactoryBuilder<HttpComponentsClientHttpRequestFactory> {

    private final ConnectionPools pools;
    private final SslContexts sslContexts;
    private final ClientOptions options;
    private final @Nullable Breakers breakers;
    private final Customizers customizers;
    private final Supplier<String> missingHostRemedy;

    /**
     * @param pools where connections come from
     * @param sslContexts where TLS contexts come from
     * @param options what Spring Boot's settings do not know
     * @param breakers the circuit breakers of the client, null if it has none
     * @param customizers the application's customizers of Spring Boot's builder, in their order
     * @param missingHostRemedy what can be done about a request that names no host, in sentences
     */
    public EvenkeelRequestFactoryBuilder(
            ConnectionPools pools,
            SslContexts sslContexts,
            ClientOptions options,
            @Nullable Breakers breakers,
            List<? extends ClientHttpRequestFactoryBuilderCustomizer<?>> customizers,
            Supplier<String> missingHostRemedy) {
        this.pools = pools;
        this.sslContexts = sslContexts;
        this.options = options;
        this.breakers = breakers;
        this.customizers = new Customizers(customizers);
        this.missingHostRemedy = missingHostRemedy;
    }

    /**
     * Builds a factory.
     *
     * @param settings timeouts, redirects, cookies, SSL bundle and address filter; where they leave something unset,
     *     {@link DefaultSettings} applies
     * @throws IllegalArgumentException if a timeout cannot be kept
     * @throws IllegalStateException if the SSL bundle cannot be used
     */
    @Override
    public HttpComponentsClientHttpRequestFactory build(@Nullable HttpClientSettings settings) {
        HttpClientSettings given = (settings != null) ? settings : HttpClientSettings.defaults();
        HttpClientSettings effective = DefaultSettings.fillIn(given);
        HttpClientAssembly assembly = this.pools.assemble(spec(effective, given.cookieHandling() == null));
        HttpComponentsClientHttpRequestFactoryBuilder ours = ClientHttpRequestFactoryBuilder.httpComponents()
                .withTlsSocketStrategyFactory(assembly::tlsStrategy)
                .withDefaultRequestConfigCustomizer(assembly::applyRequestDefaults)
                .withHttpClientCustomizer(assembly::applyDefaults)
                .withCustomizer(factory -> factory.setHttpContextFactory(assembly.contexts(this.missingHostRemedy)));
        if (effective.redirects() != HttpRedirects.DONT_FOLLOW) {
            ours = ours.withHttpClientCustomizer(assembly::applyRedirects);
        }
        HttpComponentsClientHttpRequestFactoryBuilder theirs = this.customizers.customize(ours);
        HttpComponentsClientHttpRequestFactory factory = theirs.withHttpClientCustomizer(
                        assembly.attaching(theirs != ours))
                .build(effective);
        this.pools.assembled(factory.getHttpClient());
        return new AttributesRequestFactory(factory);
    }

    /**
     * Gives Spring Boot's builder with the application's customizers, as it would be without Evenkeel.
     *
     * @return a builder that knows nothing of the pools
     */
    public HttpComponentsClientHttpRequestFactoryBuilder withoutEvenkeel() {
        return this.customizers.customize(ClientHttpRequestFactoryBuilder.httpComponents());
    }

    private ClientSpec spec(HttpClientSettings settings, boolean cookiesOffByDefault) {
        return new ClientSpec(
                this.options.client(),
                this.options.keyPrefix(),
                this.options.limits(),
                this.options.times(),
                this.options.replay(),
                this.options.retry(),
                this.breakers,
                this.options.responseLimits(),
                this.sslContexts.of(settings.sslBundle()),
                addressFilter(settings.inetAddressFilter()),
                this.options.proxy(),
                Objects.requireNonNull(settings.connectTimeout()),
                Objects.requireNonNull(settings.readTimeout()),
                cookiesOffByDefault);
    }

    private static @Nullable AddressFilter addressFilter(@Nullable InetAddressFilter filter) {
        return (filter != null) ? new AddressFilter(filter, filter::matches) : null;
    }
}
