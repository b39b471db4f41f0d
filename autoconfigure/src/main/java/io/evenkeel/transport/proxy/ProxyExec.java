// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.proxy;

import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/** Shows a client to its proxy, and tells the responses of the proxy from those of servers. Outside of authentication. */
public final class ProxyExec implements ExecChainHandler {

    private final @Nullable ProxyAccess access;
    private final ProxyErrors errors;

    public ProxyExec(@Nullable ProxyAccess access, ProxyErrors errors) {
        this.access = access;
        this.errors = errors;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpRoute route = scope.route;
        HttpHost proxy = route.getProxyHost();
        if (proxy != null && this.access != null) {
            this.access.prepare(proxy, scope.clientContext);
        }
        ClassicHttpResponse response = chain.proceed(request, scope);
        // What comes through a tunnel is the server's.
        if (proxy != null
                && !route.isTunnelled()
                && response.getCode() == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
            scope.execRuntime.discardEndpoint();
            throw this.errors.unauthorized(route);
        }
        return response;
    }
}
