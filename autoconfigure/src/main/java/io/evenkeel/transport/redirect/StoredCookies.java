// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.redirect;

import java.time.Instant;
import java.util.List;
import org.apache.hc.client5.http.cookie.Cookie;
import org.apache.hc.client5.http.cookie.CookieOrigin;
import org.apache.hc.client5.http.cookie.CookieSpec;
import org.apache.hc.client5.http.cookie.CookieStore;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.protocol.HttpContext;

/**
 * Tells the {@code Cookie} field that HttpClient makes of its cookie store, for the origin that set them, from one that the
 * application made.
 */
public final class StoredCookies {

    private StoredCookies() {}

    /** {@return whether the field is what HttpClient's {@code RequestAddCookies} has made for this exchange} */
    public static boolean contain(Header header, HttpContext context) {
        if (!HttpHeaders.COOKIE.equalsIgnoreCase(header.getName())) {
            return false;
        }
        HttpClientContext client = HttpClientContext.cast(context);
        CookieSpec spec = client.getCookieSpec();
        CookieOrigin origin = client.getCookieOrigin();
        CookieStore store = client.getCookieStore();
        if (spec == null || origin == null || store == null) {
            return false;
        }
        Instant now = Instant.now();
        List<Cookie> cookies = store.getCookies().stream()
                .filter(cookie -> !cookie.isExpired(now) && spec.match(cookie, origin))
                .toList();
        return !cookies.isEmpty()
                && spec.formatCookies(cookies).stream()
                        .anyMatch(formatted -> formatted.getValue().equals(header.getValue()));
    }
}
