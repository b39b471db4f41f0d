// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.transport.proxy.ProxyExec;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/** What is done to each request of a call, the first and those that redirects lead to, before HttpClient's protocol. */
public final class RequestExec implements ExecChainHandler {

    private final ProxyExec proxy;

    public RequestExec(ProxyExec proxy) {
        this.proxy = proxy;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        RequestSyntax.encodeTarget(request);
        // Without a proxy, a frame less on the way to the wire.
        return (scope.route.getProxyHost() != null)
                ? this.proxy.execute(request, scope, chain)
                : chain.proceed(request, scope);
    }
}
