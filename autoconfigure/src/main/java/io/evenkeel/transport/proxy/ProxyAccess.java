// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.proxy;

import io.evenkeel.policy.ProxyServer;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.Credentials;
import org.apache.hc.client5.http.auth.CredentialsProvider;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.impl.auth.BasicScheme;
import org.apache.hc.client5.http.impl.auth.SystemDefaultCredentialsProvider;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Shows the credentials of a client to its proxy, and to nobody else. They go out with the first request already: a proxy
 * that has to ask refuses a body that can be written once only, and costs each connection a round trip.
 */
public final class ProxyAccess implements CredentialsProvider {

    private final ProxyServer server;
    private final @Nullable UsernamePasswordCredentials credentials;
    private final CredentialsProvider others = new SystemDefaultCredentialsProvider();

    public ProxyAccess(ProxyServer server) {
        this.server = server;
        ProxyServer.Credentials given = server.credentials();
        this.credentials = (given != null)
                ? new UsernamePasswordCredentials(
                        given.username(), given.password().toCharArray())
                : null;
    }

    boolean isOf(HttpHost proxy) {
        return isOf(proxy.getHostName(), proxy.getPort());
    }

    private boolean isOf(@Nullable String host, int port) {
        return this.server.host().equalsIgnoreCase(host) && this.server.port() == port;
    }

    boolean hasCredentials() {
        return this.credentials != null;
    }

    /** Prepares the request of a call that goes through this proxy. */
    void prepare(HttpHost proxy, HttpClientContext context) {
        if (this.credentials == null || !isOf(proxy)) {
            return;
        }
        AuthExchange exchange = context.getAuthExchange(proxy);
        if (exchange.getAuthScheme() == null) {
            BasicScheme basic = new BasicScheme();
            basic.initPreemptive(this.credentials);
            exchange.select(basic);
        }
    }

    /** Answers a challenge: of this proxy, if it wants Digest; of anybody else as HttpClient does without this. */
    @Override
    public @Nullable Credentials getCredentials(AuthScope scope, HttpContext context) {
        return (this.credentials != null && isOf(scope.getHost(), scope.getPort()))
                ? this.credentials
                : this.others.getCredentials(scope, context);
    }
}
