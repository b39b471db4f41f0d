// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.ProxySettings;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.http.client.InetAddressFilter;

/**
 * A proxy that is set by property and a filter of addresses exclude each other, unless the user says otherwise: the proxy
 * resolves names, and nobody here would see to which address. A proxy of the JVM is found out by each call only.
 */
public final class ProxyFilterCheck {

    private ProxyFilterCheck() {}

    /** @throws InvalidSettingException if a client has both and its user has not said that this is meant */
    public static void check(ClientOptions options, ObjectProvider<InetAddressFilter> filters) {
        ProxySettings proxy = options.proxy();
        ProxyServer server = proxy.server();
        if (server == null || proxy.filter() != ProxySettings.Filter.REFUSE) {
            return;
        }
        if (filters.stream().findAny().isPresent()) {
            String key = options.keyPrefix() + ".proxy.address-filter";
            throw new InvalidSettingException(
                    key,
                    "refuse",
                    "'%s.proxy.url' (%s) and an InetAddressFilter bean are there: the proxy resolves names, so the filter would"
                                    .formatted(options.keyPrefix(), server.address())
                            + " not see which addresses are called",
                    "Let the proxy filter and write '%s: report', or do without one of the two.".formatted(key));
        }
    }
}
