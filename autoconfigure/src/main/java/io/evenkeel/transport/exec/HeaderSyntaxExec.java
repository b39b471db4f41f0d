// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.policy.HeaderSyntax;
import io.evenkeel.transport.redirect.StoredCookies;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Refuses a request whose header fields would be sent as something else, before it costs a connection. */
public final class HeaderSyntaxExec implements ExecChainHandler {

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        for (Header header : request.getHeaders()) {
            HeaderSyntax.require(header.getName(), header.getValue());
        }
        return chain.proceed(request, scope);
    }

    /**
     * Checks again, for what interceptors have added. A cookie of the server is the server's affair: HttpClient sends
     * what it cannot spell as question marks.
     *
     * @throws IllegalArgumentException if a header field cannot be sent as it is
     */
    public static void requireAfterInterceptors(
            HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
        for (Header header : request.getHeaders()) {
            if (!StoredCookies.contain(header, context)) {
                HeaderSyntax.require(header.getName(), header.getValue());
            }
        }
    }
}
