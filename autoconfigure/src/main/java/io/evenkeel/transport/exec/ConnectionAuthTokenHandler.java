// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import java.security.Principal;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.UserTokenHandler;
import org.apache.hc.client5.http.auth.AuthExchange;
import org.apache.hc.client5.http.auth.AuthScheme;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Tells the connections that belong to somebody: those that NTLM or Negotiate has authenticated, whose next request the
 * server would take for that user's. The pool keeps none of them. A client certificate, other than HttpClient's own handler
 * has it, is no reason: it belongs to the client, and clients with different certificates have different pools.
 */
public final class ConnectionAuthTokenHandler implements UserTokenHandler {

    @Override
    public @Nullable Object getUserToken(HttpRoute route, HttpContext context) {
        return getUserToken(route, null, context);
    }

    @Override
    public @Nullable Object getUserToken(HttpRoute route, @Nullable HttpRequest request, HttpContext context) {
        HttpClientContext clientContext = HttpClientContext.cast(context);
        Object owner = owner(route.getTargetHost(), clientContext);
        return (owner == null && route.getProxyHost() != null) ? owner(route.getProxyHost(), clientContext) : owner;
    }

    private static @Nullable Object owner(HttpHost host, HttpClientContext context) {
        AuthExchange exchange = context.getAuthExchanges().get(host);
        AuthScheme scheme = (exchange != null) ? exchange.getAuthScheme() : null;
        if (scheme == null || !scheme.isConnectionBased()) {
            return null;
        }
        Principal principal = scheme.getPrincipal();
        return (principal != null) ? principal : scheme;
    }
}
