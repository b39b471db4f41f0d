// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.redirect;

import io.evenkeel.policy.redirect.RedirectRule;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Keeps header fields from a request that a redirect has led to another origin, until the end of its call: those of the
 * request, and those that HttpClient's default headers and interceptors add to each exchange, for that origin or not.
 * What HttpClient itself adds stays: it is made for whom it goes to, as are the cookies and the response to a challenge.
 */
public final class CrossOriginHeaders {

    private static final String CROSSED = CrossOriginHeaders.class.getName();

    private static final Set<String> OF_THE_CONNECTION =
            Set.of("host", "connection", "proxy-connection", "expect", "content-length", "transfer-encoding");

    private CrossOriginHeaders() {}

    /** Called before a call: its context may have been that of another one. */
    public static void forget(HttpContext context) {
        context.removeAttribute(CROSSED);
    }

    /** Prepares a request for another origin. */
    static void keepOnlyCrossing(HttpRequest redirect, HttpContext context) {
        for (Header header : redirect.getHeaders()) {
            if (!RedirectRule.mayCross(header.getName())) {
                redirect.removeHeaders(header.getName());
            }
        }
        context.setAttribute(CROSSED, Set.of());
    }

    /** Adds the interceptors. They must be the first and the last of all, and so be added after all others. */
    public static void addTo(HttpClientBuilder builder) {
        builder.addRequestInterceptorFirst(CrossOriginHeaders::before)
                .addRequestInterceptorLast(CrossOriginHeaders::after);
    }

    private static void before(HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
        if (context.getAttribute(CROSSED) != null) {
            Set<String> present = new HashSet<>();
            for (Header header : request.getHeaders()) {
                present.add(header.getName().toLowerCase(Locale.ROOT));
            }
            context.setAttribute(CROSSED, present);
        }
    }

    private static void after(HttpRequest request, @Nullable EntityDetails entity, HttpContext context) {
        if (context.getAttribute(CROSSED) instanceof Set<?> present) {
            for (Header header : request.getHeaders()) {
                String name = header.getName().toLowerCase(Locale.ROOT);
                if (!present.contains(name)
                        && !RedirectRule.mayCross(name)
                        && !OF_THE_CONNECTION.contains(name)
                        && !StoredCookies.contain(header, context)) {
                    request.removeHeader(header);
                }
            }
        }
    }
}
