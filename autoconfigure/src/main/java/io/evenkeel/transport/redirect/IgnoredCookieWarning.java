// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.redirect;

import io.evenkeel.transport.support.Origins;
import java.util.Set;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.cookie.StandardCookieSpec;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.EntityDetails;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.HttpResponseInterceptor;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once per client that a server wanted to set a cookie, in case somebody relied on cookies. */
public final class IgnoredCookieWarning implements HttpResponseInterceptor {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final String client;
    private final Set<String> warned;

    /**
     * @param client name of the client
     * @param warned the clients that have been warned of; thread-safe, shared by all builds
     */
    public IgnoredCookieWarning(String client, Set<String> warned) {
        this.client = client;
        this.warned = warned;
    }

    @Override
    public void process(HttpResponse response, @Nullable EntityDetails entity, HttpContext context) {
        if (!response.containsHeader("Set-Cookie")) {
            return;
        }
        HttpClientContext clientContext = HttpClientContext.cast(context);
        String cookieSpec = clientContext.getRequestConfigOrDefault().getCookieSpec();
        if (StandardCookieSpec.IGNORE.equals(cookieSpec) && this.warned.add(this.client)) {
            log.warn(
                    "Client '{}' ignores the cookies that {} sets: cookies are off, as one store would serve all users. "
                            + "Set spring.http.clients.cookie-handling to 'enable' to accept them, "
                            + "or to 'disable' to be rid of this message.",
                    this.client,
                    (clientContext.getHttpRoute() != null)
                            ? Origins.of((HttpRoute) clientContext.getHttpRoute())
                            : "the server");
        }
    }
}
