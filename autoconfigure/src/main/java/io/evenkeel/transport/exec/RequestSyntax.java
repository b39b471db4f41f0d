// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.policy.HeaderSyntax;
import io.evenkeel.policy.TargetSyntax;
import io.evenkeel.transport.redirect.StoredCookies;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.net.URIAuthority;
import org.jspecify.annotations.Nullable;

/** Refuses a request that would be sent as something else than it says, before it costs a connection. */
public final class RequestSyntax {

    private RequestSyntax() {}

    /** @throws IllegalArgumentException if a header field cannot be sent as it is */
    static void requireHeaders(HttpRequest request) {
        for (Header header : request.getHeaders()) {
            HeaderSyntax.require(header.getName(), header.getValue());
        }
    }

    /**
     * Spells the target in ASCII.
     *
     * @throws IllegalArgumentException if it cannot be spelt so
     */
    static void encodeTarget(HttpRequest request) {
        URIAuthority authority = request.getAuthority();
        if (authority != null) {
            TargetSyntax.requireAsciiHost(authority.getHostName());
        }
        encodePath(request);
    }

    private static void encodePath(HttpRequest request) {
        String given = request.getPath();
        if (given != null) {
            String encoded = TargetSyntax.encode(given);
            if (!encoded.equals(given)) {
                request.setPath(encoded);
            }
        }
    }

    /**
     * Does both again, for what interceptors have added and changed. A cookie of the server is the server's affair:
     * HttpClient sends what it cannot spell as question marks.
     *
     * @throws IllegalArgumentException if a header field cannot be sent as it is
     */
    public static void afterInterceptors(HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
        encodePath(request);
        for (Header header : request.getHeaders()) {
            if (!StoredCookies.contain(header, context)) {
                HeaderSyntax.require(header.getName(), header.getValue());
            }
        }
    }
}
