// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.ClientSwitches;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.breaker.Breakers;
import io.evenkeel.policy.redirect.RedirectRule;
import io.evenkeel.policy.retry.RetryRule;
import io.evenkeel.policy.retry.RetrySettings;
import io.evenkeel.transport.breaker.BreakerExec;
import io.evenkeel.transport.deadline.CallDeadlines;
import io.evenkeel.transport.decoding.ContentLimits;
import io.evenkeel.transport.decoding.DecodingExec;
import io.evenkeel.transport.dial.ChannelSockets;
import io.evenkeel.transport.dial.DialingOperator;
import io.evenkeel.transport.dial.FilteringDnsResolver;
import io.evenkeel.transport.dial.ObservedTlsStrategy;
import io.evenkeel.transport.exec.BadResponses;
import io.evenkeel.transport.exec.BoundedBodies;
import io.evenkeel.transport.exec.ConnectionAuthTokenHandler;
import io.evenkeel.transport.exec.ExchangeExecutor;
import io.evenkeel.transport.exec.FailureExec;
import io.evenkeel.transport.exec.HintedKeepAliveStrategy;
import io.evenkeel.transport.exec.NetworkFailures;
import io.evenkeel.transport.exec.NoRetryStrategy;
import io.evenkeel.transport.exec.ReplayErrors;
import io.evenkeel.transport.exec.ReplayExec;
import io.evenkeel.transport.exec.RequestExec;
import io.evenkeel.transport.exec.RequestSyntax;
import io.evenkeel.transport.exec.RouteExec;
import io.evenkeel.transport.pool.ConnectionPool;
import io.evenkeel.transport.proxy.FixedProxySelector;
import io.evenkeel.transport.proxy.ProxyAccess;
import io.evenkeel.transport.proxy.ProxyErrors;
import io.evenkeel.transport.proxy.ProxyExec;
import io.evenkeel.transport.redirect.BoundedRedirects;
import io.evenkeel.transport.redirect.CrossOriginHeaders;
import io.evenkeel.transport.retry.RetryExec;
import io.evenkeel.transport.spec.AddressFilter;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.spec.TlsGeneration;
import io.evenkeel.transport.spec.TlsMaterial;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.ChainElement;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.io.HttpClientConnectionManager;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.URIScheme;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prepares one {@code HttpClientBuilder}. Used for one build by one thread, in the order of its methods: what is set
 * before a user's customizers run is theirs to change, what is set after is what the client is made for.
 */
public final class HttpClientAssembly {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    // What PoolingHttpClientConnectionManager has if nobody sets it.
    private static final int STOCK_MAX_TOTAL = PoolingHttpClientConnectionManager.DEFAULT_MAX_TOTAL_CONNECTIONS;
    private static final int STOCK_MAX_PER_ROUTE = PoolingHttpClientConnectionManager.DEFAULT_MAX_CONNECTIONS_PER_ROUTE;

    private final ClientSpec spec;
    private final ConnectionPools pools;
    private final TlsSocketStrategy tls;
    private final @Nullable ProxyAccess proxyAccess;
    private @Nullable HttpClientConnectionManager made;

    HttpClientAssembly(ClientSpec spec, ConnectionPools pools, TlsSocketStrategy tls) {
        this.spec = spec;
        this.pools = pools;
        this.tls = new ObservedTlsStrategy(tls, Clock.systemUTC());
        ProxyServer proxy = spec.proxy().server();
        this.proxyAccess = (proxy != null) ? new ProxyAccess(proxy) : null;
    }

    /**
     * Supplies the TLS strategy of the client.
     *
     * @param bundle ignored: it is the one that the client was specified with
     * @return the strategy, which all clients with the same TLS material share in effect
     */
    public TlsSocketStrategy tlsStrategy(@Nullable Object bundle) {
        return this.tls;
    }

    /**
     * Supplies the contexts of requests, and refuses a request without a host on that occasion: later HttpClient does, and
     * does not know whose it is.
     *
     * @param remedy what can be done about it, a sentence
     * @param <M> the method of a request, which does not matter
     * @return a function that throws {@link IllegalArgumentException} for such a request
     */
    public <M> BiFunction<M, URI, HttpContext> contexts(Supplier<String> remedy) {
        return (method, uri) -> {
            if (uri.getRawAuthority() == null) {
                throw new IllegalArgumentException("A request of client '%s' names no host: its URI is %s. %s"
                        .formatted(
                                this.spec.client(),
                                uri.isAbsolute() ? "without one" : "relative, and no base URL was put before it",
                                remedy.get()));
            }
            return HttpClientContext.create();
        };
    }

    /** Sets what a request has if nobody says otherwise. */
    public void applyRequestDefaults(RequestConfig.Builder builder) {
        builder.setConnectionRequestTimeout(Timeout.of(this.spec.limits().acquireTimeout()));
        // An upgrade that nobody asked for is a way to get a response that nobody expects.
        builder.setProtocolUpgradeEnabled(false).setMaxRedirects(RedirectRule.MOST_REDIRECTS);
    }

    /** Sets what a client has if no customizer says otherwise. Called before the customizers. */
    public void applyDefaults(HttpClientBuilder builder) {
        PoolLimits limits = this.spec.limits();
        this.made = builder.getConnManager();
        builder.setRequestExecutor(new ExchangeExecutor(
                        this.spec.client(),
                        this.spec.times(),
                        this.spec.retry().enabled() ? this.spec.retry().attemptTimeout() : Duration.ZERO,
                        this.pools.callTimer(),
                        this.pools.listener(),
                        this.pools.ticker()))
                .setKeepAliveStrategy(new HintedKeepAliveStrategy(limits))
                .setRetryStrategy(new NoRetryStrategy())
                .setUserTokenHandler(new ConnectionAuthTokenHandler());
        ProxyServer proxy = this.spec.proxy().server();
        if (proxy != null) {
            builder.setProxySelector(new FixedProxySelector(proxy)).setDefaultCredentialsProvider(this.proxyAccess);
        }
        if (this.spec.cookiesOffByDefault()) {
            builder.addResponseInterceptorLast(this.pools.ignoredCookieWarning(this.spec.client()));
        }
    }

    /** Sets how redirects are followed, if they are. Called before the customizers. */
    public void applyRedirects(HttpClientBuilder builder) {
        builder.setRedirectStrategy(new BoundedRedirects());
    }

    /**
     * Puts the client on its pool. Called after the customizers.
     *
     * @param customized whether a user's customizer touched the builder that made the connection manager: then that
     *     manager goes on dialing
     * @return what to apply to the builder
     */
    public Consumer<HttpClientBuilder> attaching(boolean customized) {
        return builder -> attach(builder, customized);
    }

    private void attach(HttpClientBuilder builder, boolean customized) {
        if (!(builder.getConnManager() instanceof PoolingHttpClientConnectionManager current) || current != this.made) {
            log.info(
                    "Client '{}' keeps the connection manager that a customizer has set; Evenkeel does not manage its "
                            + "connections.",
                    this.spec.client());
            return;
        }
        if (customized) {
            if (this.pools.isFirstCustomized(this.spec.client())) {
                log.info(
                        "The connections of client '{}' are dialed as its ClientHttpRequestFactoryBuilderCustomizer wants: "
                                + "the look before reuse takes a millisecond, and idle connections are not watched.",
                        this.spec.client());
            }
            nameLimitsWithoutEffect(current);
        }
        ConnectionPool pool = this.pools.pool(this.spec, customized);
        BadResponses badResponses = new BadResponses(this.spec.client(), this.spec.keyPrefix(), pool.ticker());
        CallDeadlines deadlines = new CallDeadlines(this.spec, pool.listener(), this.pools.callTimer(), pool.ticker());
        NetworkFailures networkFailures = new NetworkFailures(this.spec, deadlines);
        ContentLimits contentLimits = new ContentLimits(badResponses, this.spec.responseLimits());
        DecodingExec decoding = new DecodingExec(
                badResponses,
                this.pools.unknownCodingWarning(this.spec),
                this.spec.responseLimits().unknownCoding());
        ReplayErrors replayErrors = new ReplayErrors(this.spec.client(), this.spec.keyPrefix(), this.spec.replay());
        ProxyErrors proxyErrors = new ProxyErrors(this.spec, this.proxyAccess);
        RouteExec attempt = new RouteExec(proxyErrors, new BoundedBodies(badResponses, networkFailures));
        builder.setConnectionManager(manager(pool, customized ? current : null))
                .setConnectionManagerShared(true)
                .addExecInterceptorFirst(
                        "evenkeel-call",
                        new FailureExec(
                                pool.client(),
                                pool.listener(),
                                networkFailures,
                                badResponses,
                                contentLimits,
                                deadlines))
                .addExecInterceptorBefore(ChainElement.COMPRESS.name(), "evenkeel-decoding", decoding)
                .addExecInterceptorAfter(ChainElement.COMPRESS.name(), "evenkeel-encoded", DecodingExec::pass)
                .addExecInterceptorBefore(
                        ChainElement.PROTOCOL.name(),
                        "evenkeel-request",
                        new RequestExec(new ProxyExec(this.proxyAccess, proxyErrors)))
                .addExecInterceptorBefore(
                        ChainElement.CONNECT.name(),
                        "evenkeel-replay",
                        new ReplayExec(pool, this.spec.replay(), replayErrors, attempt));
        addPolicies(builder, pool);
        CrossOriginHeaders.addTo(builder);
        builder.addRequestInterceptorLast(RequestSyntax::afterInterceptors);
    }

    /** Who has no retries and no breakers does not pass by them on each call. */
    private void addPolicies(HttpClientBuilder builder, ConnectionPool pool) {
        RetrySettings retry = this.spec.retry();
        Breakers breakers = this.spec.breakers();
        ClientSwitches switches = this.pools.switches(this.spec);
        if (breakers != null && switches.circuitBreaker() != null) {
            builder.addExecInterceptorBefore(
                    "evenkeel-request",
                    "evenkeel-breaker",
                    new BreakerExec(this.spec, breakers, switches.circuitBreaker(), pool.ticker()));
        }
        if (retry.enabled() && switches.retry() != null) {
            RetryRule rule =
                    new RetryRule(retry, () -> ThreadLocalRandom.current().nextDouble());
            builder.addExecInterceptorBefore(
                    (breakers != null) ? "evenkeel-breaker" : "evenkeel-request",
                    "evenkeel-retry",
                    new RetryExec(
                            this.spec,
                            switches.retry(),
                            rule,
                            this.pools.retryBudgets(this.spec),
                            this.pools.retryPauses(),
                            pool::usualConnect,
                            pool.listener()));
        }
    }

    private SharedConnectionManager manager(ConnectionPool pool, @Nullable PoolingHttpClientConnectionManager dialer) {
        DnsResolver resolver = this.pools.resolver();
        AddressFilter filter = this.spec.addressFilter();
        AddressCheck addressCheck = null;
        if (filter != null) {
            addressCheck = new AddressCheck(filter, this.spec, resolver, this.pools);
            resolver = new FilteringDnsResolver(resolver, filter);
        }
        DialingOperator operator = new DialingOperator(
                new ChannelSockets(pool.ticker(), this.spec.proxy().server() != null),
                resolver,
                this.pools.lookups(),
                scheme -> URIScheme.HTTPS.same(scheme) ? this.tls : null,
                this.pools.failedAddresses(),
                this.spec.bootKey("connect-timeout"),
                pool.ticker());
        SharedConnectionManager manager = new SharedConnectionManager(
                operator,
                pool,
                dialer,
                addressCheck,
                this.spec.responseLimits(),
                this::generation,
                () -> ThreadLocalRandom.current().nextDouble());
        if (dialer == null) {
            manager.timeouts(this.spec.connectTimeout(), this.spec.readTimeout());
        } else {
            // The customized manager has its own, which may be what was customized.
            manager.timeouts(null, null);
        }
        return manager;
    }

    private @Nullable TlsGeneration generation() {
        TlsMaterial material = this.spec.tls();
        return (material != null) ? material.generation() : null;
    }

    private void nameLimitsWithoutEffect(PoolingHttpClientConnectionManager current) {
        if (current.getMaxTotal() != STOCK_MAX_TOTAL || current.getDefaultMaxPerRoute() != STOCK_MAX_PER_ROUTE) {
            log.warn(
                    "The limits that a customizer has set for the connections of client '{}' (total {}, per route {}) "
                            + "have no effect. Set {}.pool.max-size (connections kept) and {}.pool.max-overflow "
                            + "(more that may be open at once) in their place.",
                    this.spec.client(),
                    current.getMaxTotal(),
                    current.getDefaultMaxPerRoute(),
                    this.spec.keyPrefix(),
                    this.spec.keyPrefix());
        }
    }
}
