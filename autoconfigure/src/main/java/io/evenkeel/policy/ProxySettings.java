// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import org.jspecify.annotations.Nullable;

/**
 * How a client deals with proxies.
 *
 * @param server the proxy that it goes through, {@code null} for what the JVM's proxy properties say
 * @param filter what becomes of an address filter where a proxy is in its way
 */
public record ProxySettings(@Nullable ProxyServer server, Filter filter) {

    /** No proxy but that of the JVM. */
    public static final ProxySettings NONE = new ProxySettings(null, Filter.REFUSE);

    /**
     * What becomes of an address filter when a proxy resolves the names of servers: where the proxy goes in the end can be
     * guessed here, but not be known.
     */
    public enum Filter {

        /** A call that needs both is refused. */
        REFUSE,

        /** A call is made unless this machine, too, knows refused addresses only. Once, a warning says what that is worth. */
        REPORT
    }
}
