// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.policy.TargetSyntax;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** Spells the target of each request in ASCII, also of those that redirects lead to, before it costs a connection. */
public final class AsciiTarget implements ExecChainHandler {

    /** @throws IllegalArgumentException if it cannot be spelt so */
    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        URIAuthority authority = request.getAuthority();
        if (authority != null) {
            TargetSyntax.requireAsciiHost(authority.getHostName());
        }
        encode(request);
        return chain.proceed(request, scope);
    }

    /** Does it again, for what interceptors have changed. */
    public static void encodeAfterInterceptors(
            HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
        encode(request);
    }

    private static void encode(HttpRequest request) {
        String given = request.getPath();
        if (given != null) {
            String encoded = TargetSyntax.encode(given);
            if (!encoded.equals(given)) {
                request.setPath(encoded);
            }
        }
    }
}
