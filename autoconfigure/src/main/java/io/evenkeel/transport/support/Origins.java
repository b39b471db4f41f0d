// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.support;

import java.util.Locale;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;

/** Names routes for people and meters. */
public final class Origins {

    private Origins() {}

    /** {@return scheme, host and port of the target, without the port that the scheme implies} */
    public static String of(HttpRoute route) {
        return of(route.getTargetHost());
    }

    /** {@return scheme, host and port, without the port that the scheme implies} */
    public static String of(HttpHost target) {
        String scheme = target.getSchemeName().toLowerCase(Locale.ROOT);
        String host = target.getHostName().toLowerCase(Locale.ROOT);
        int port = target.getPort();
        StringBuilder origin = new StringBuilder(scheme).append("://");
        if (host.indexOf(':') >= 0) {
            origin.append('[').append(host).append(']');
        } else {
            origin.append(host);
        }
        if (port > 0 && port != defaultPort(scheme)) {
            origin.append(':').append(port);
        }
        return origin.toString();
    }

    private static int defaultPort(String scheme) {
        return "https".equals(scheme) ? 443 : 80;
    }
}
