// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.client.SslContexts;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.breaker.BreakerSource;
import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.transport.ConnectionPools;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.http.client.autoconfigure.ClientHttpRequestFactoryBuilderCustomizer;
import org.springframework.boot.http.client.autoconfigure.HttpClientSettingsPropertyMapper;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.http.client.ClientHttpRequestFactory;

/**
 * Makes request factories of clients with a name: on pools of their own, or, if there are no pools or the client is
 * switched off, as the application makes those of all other clients without Evenkeel.
 */
public final class ClientRequestFactories {

    private final ObjectProvider<ConnectionPools> pools;
    private final ObjectProvider<SslContexts> sslContexts;
    private final ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers;
    private final ObjectProvider<ClientHttpRequestFactoryBuilder<?>> builder;
    private final ObjectProvider<HttpClientSettings> settings;
    private final ObjectProvider<InetAddressFilter> addressFilters;
    private final ObjectProvider<BreakerSource> breakers;
    private final @Nullable SslBundles sslBundles;

    ClientRequestFactories(
            ObjectProvider<ConnectionPools> pools,
            ObjectProvider<SslContexts> sslContexts,
            ObjectProvider<ClientHttpRequestFactoryBuilderCustomizer<?>> customizers,
            ObjectProvider<ClientHttpRequestFactoryBuilder<?>> builder,
            ObjectProvider<HttpClientSettings> settings,
            ObjectProvider<InetAddressFilter> addressFilters,
            ObjectProvider<BreakerSource> breakers,
            ObjectProvider<SslBundles> sslBundles) {
        this.pools = pools;
        this.sslContexts = sslContexts;
        this.customizers = customizers;
        this.builder = builder;
        this.settings = settings;
        this.addressFilters = addressFilters;
        this.breakers = breakers;
        this.sslBundles = sslBundles.getIfAvailable();
    }

    /**
     * Checks that a client has the SSL bundle that it names, and no proxy that hides addresses from a filter. Without any
     * bundle, as in a {@code @RestClientTest}, that shows at its first call, unless a mock server takes its place.
     *
     * @throws InvalidSettingException if its proxy is in the way of a filter
     * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there are bundles, and none of the name
     */
    void check(ClientProperties client) {
        if (this.sslBundles != null) {
            settings(client);
        }
        ClientOptions options = SettingsMapper.map(client);
        if (options != null && hasPools()) {
            checkProxy(options);
        }
    }

    /**
     * Refuses that a client has both a proxy that is set by property and a filter of addresses, unless its user says that
     * this is meant: the proxy resolves names, and nobody here would see to which address. A proxy of the JVM is found out
     * by each call only.
     *
     * @throws InvalidSettingException if it has both
     */
    private void checkProxy(ClientOptions options) {
        ProxySettings proxy = options.proxy();
        ProxyServer server = proxy.server();
        if (server == null || proxy.filter() != ProxySettings.Filter.REFUSE) {
            return;
        }
        if (this.addressFilters.stream().findAny().isPresent()) {
            String key = options.keyPrefix() + ".proxy.address-filter";
            throw new InvalidSettingException(
                    key,
                    "refuse",
                    "'%s.proxy.url' (%s) and an InetAddressFilter bean are there: the proxy resolves names, so the filter would"
                                    .formatted(options.keyPrefix(), server.address())
                            + " not see which addresses are called",
                    "Let the proxy filter and write '%s: report', or do without one of the two.".formatted(key));
        }
    }

    /**
     * Gives what makes the request factories of the client without a name.
     *
     * @param missingHostRemedy what can be done about a request that names no host, in sentences
     * @throws InvalidSettingException if its proxy is in the way of a filter
     */
    public EvenkeelRequestFactoryBuilder ofDefault(ClientOptions options, Supplier<String> missingHostRemedy) {
        checkProxy(options);
        return onPools(this.pools.getObject(), options, missingHostRemedy);
    }

    /** {@return a new factory, which shares the connections of the client} */
    ClientHttpRequestFactory create(ClientProperties client) {
        if (lacksSslBundles(client)) {
            return (uri, method) -> {
                throw missingSslBundles(client);
            };
        }
        return builder(SettingsMapper.map(client)).build(settings(client));
    }

    /**
     * Maps Spring Boot's keys of a client; where they are silent, those of all clients apply.
     *
     * @throws org.springframework.boot.ssl.NoSuchSslBundleException if there is no SSL bundle of the name
     * @throws IllegalStateException if there are no SSL bundles at all
     */
    public HttpClientSettings settings(ClientProperties client) {
        if (lacksSslBundles(client)) {
            throw missingSslBundles(client);
        }
        return new HttpClientSettingsPropertyMapper(this.sslBundles, this.settings.getIfAvailable()).map(client.http());
    }

    private boolean lacksSslBundles(ClientProperties client) {
        return this.sslBundles == null && client.http().getSsl().getBundle() != null;
    }

    private static IllegalStateException missingSslBundles(ClientProperties client) {
        return new IllegalStateException("Client '%s' needs the SSL bundle '%s', and the application has no SslBundles"
                .formatted(client.name(), client.http().getSsl().getBundle()));
    }

    /** {@return whether there are pools for clients that are not switched off} */
    public boolean hasPools() {
        return this.pools.getIfAvailable() != null;
    }

    /** {@return the name of the builder that clients are made with if there are no pools} */
    public String maker() {
        return common().getClass().getSimpleName();
    }

    private ClientHttpRequestFactoryBuilder<?> builder(@Nullable ClientOptions options) {
        ConnectionPools pools = this.pools.getIfAvailable();
        if (options != null && pools != null) {
            return onPools(
                    pools, options, () -> "Set %s.base-url, or write an absolute URI.".formatted(options.keyPrefix()));
        }
        ClientHttpRequestFactoryBuilder<?> common = common();
        return (common instanceof EvenkeelRequestFactoryBuilder ours) ? ours.withoutEvenkeel() : common;
    }

    private EvenkeelRequestFactoryBuilder onPools(
            ConnectionPools pools, ClientOptions options, Supplier<String> missingHostRemedy) {
        return new EvenkeelRequestFactoryBuilder(
                pools,
                this.sslContexts.getObject(),
                options,
                breakers(options),
                this.customizers.orderedStream().toList(),
                missingHostRemedy);
    }

    /** Without the library, there are none: {@code BreakerCheck} has refused who insists. */
    private @Nullable Breakers breakers(ClientOptions options) {
        BreakerSource source = options.breaker().enabled() ? this.breakers.getIfAvailable() : null;
        return (source != null) ? source.of(options.client(), options.breaker()) : null;
    }

    private ClientHttpRequestFactoryBuilder<?> common() {
        return this.builder.getIfAvailable(ClientHttpRequestFactoryBuilder::detect);
    }
}
