// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import org.jspecify.annotations.Nullable;

/**
 * An HTTP proxy.
 *
 * @param host name or address, IPv6 without brackets
 * @param port port
 * @param credentials what it is told of the client, {@code null} for nothing
 * @param nonProxyHosts which servers are called without it
 */
public record ProxyServer(String host, int port, @Nullable Credentials credentials, NonProxyHosts nonProxyHosts) {

    /** {@return host and port, for people} */
    public String address() {
        return ((this.host.indexOf(':') >= 0) ? "[" + this.host + "]" : this.host) + ":" + this.port;
    }

    /**
     * What a proxy is told.
     *
     * @param username name, without a colon
     * @param password password, which is not part of any text
     */
    public record Credentials(String username, String password) {

        @Override
        public String toString() {
            return "Credentials[hidden]";
        }
    }
}
