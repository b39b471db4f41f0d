// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.util.Locale;

/**
 * Who is on the other end: scheme, host and port, as in RFC 6454. A subdomain and another port are other origins, and so
 * is another spelling of an address: nobody has to know that they are the same.
 *
 * @param scheme in lower case
 * @param host in lower case
 * @param port never the absence of one: the port that the scheme implies takes its place
 */
public record Origin(String scheme, String host, int port) {

    /** @param port zero or less if the scheme implies it */
    public Origin {
        scheme = scheme.toLowerCase(Locale.ROOT);
        host = host.toLowerCase(Locale.ROOT);
        if (port <= 0) {
            port = defaultPort(scheme);
        }
    }

    public boolean secure() {
        return "https".equals(this.scheme);
    }

    /** {@return it for people and meters, without the port that the scheme implies} */
    @Override
    public String toString() {
        String host = (this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host;
        return this.scheme + "://" + host + ((this.port == defaultPort(this.scheme)) ? "" : ":" + this.port);
    }

    private static int defaultPort(String scheme) {
        return "https".equals(scheme) ? 443 : 80;
    }
}
