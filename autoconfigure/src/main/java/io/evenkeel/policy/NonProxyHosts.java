// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Which hosts are called without the proxy, by the rules of the JDK's {@code http.nonProxyHosts}: a pattern is a host, as it
 * stands in the URL, and may begin or end with an asterisk; ports and case do not count; no name is resolved.
 *
 * @param patterns patterns
 */
public record NonProxyHosts(List<String> patterns) {

    /** This machine, as the JDK has it (sun.net.spi.DefaultProxySelector): no proxy could reach it. */
    public static final NonProxyHosts LOCAL =
            new NonProxyHosts(List.of("localhost", "127.*", "[::1]", "0.0.0.0", "[::0]"));

    public NonProxyHosts {
        patterns = patterns.stream()
                .map(pattern -> pattern.toLowerCase(Locale.ROOT))
                .toList();
    }

    /** {@return the patterns and those of this machine; no patterns at all if there is none, as in the JDK} */
    public static NonProxyHosts andLocal(List<String> patterns) {
        if (patterns.isEmpty()) {
            return new NonProxyHosts(patterns);
        }
        List<String> all = new ArrayList<>(patterns);
        all.addAll(LOCAL.patterns);
        return new NonProxyHosts(all);
    }

    /**
     * Tells whether a host is called directly.
     *
     * @param host host of a URL, IPv6 with brackets
     */
    public boolean matches(String host) {
        String wanted = host.toLowerCase(Locale.ROOT);
        return this.patterns.stream().anyMatch(pattern -> matches(pattern, wanted));
    }

    private static boolean matches(String pattern, String host) {
        boolean anyStart = pattern.startsWith("*");
        boolean anyEnd = pattern.endsWith("*");
        if (pattern.equals("*")) {
            return true;
        }
        String fixed = pattern.substring(anyStart ? 1 : 0, pattern.length() - (anyEnd ? 1 : 0));
        if (anyStart && anyEnd) {
            return host.contains(fixed);
        }
        if (anyStart) {
            return host.endsWith(fixed);
        }
        return anyEnd ? host.startsWith(fixed) : host.equals(fixed);
    }
}
