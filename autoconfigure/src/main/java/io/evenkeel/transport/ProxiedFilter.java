// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.policy.AddressSpelling;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.transport.dial.FilteringDnsResolver;
import io.evenkeel.transport.spec.AddressFilter;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.support.Origins;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.HttpRoute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is left of an address filter where a proxy resolves the names. Nothing can be proven then: by default such a call is
 * refused; if the user wants it to be made, what this machine knows of the target is checked, and a warning says that it
 * is no proof.
 */
final class ProxiedFilter {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final AddressFilter filter;
    private final ProxySettings.Filter mode;
    private final DnsResolver resolver;
    private final ClientSpec spec;
    private final ConnectionPools pools;

    /** @param resolver finds all addresses of a host, refused ones, too */
    ProxiedFilter(AddressFilter filter, ClientSpec spec, DnsResolver resolver, ConnectionPools pools) {
        this.filter = filter;
        this.mode = spec.proxy().filter();
        this.resolver = resolver;
        this.spec = spec;
        this.pools = pools;
    }

    /** @throws IOException if the call is not to be made */
    void check(HttpRoute route) throws IOException {
        if (route.getProxyHost() == null) {
            return;
        }
        if (this.mode == ProxySettings.Filter.REFUSE) {
            throw refused(route);
        }
        if (this.pools.isFirstUnproven(this.spec.client())) {
            warn();
        }
        String host = route.getTargetHost().getHostName();
        if (AddressSpelling.isAmbiguous(host) || knownToBeRefused(host)) {
            throw new FilteringDnsResolver.AddressRefusedException(host);
        }
    }

    private boolean knownToBeRefused(String host) {
        try {
            InetAddress[] addresses = this.resolver.resolve(host);
            return addresses.length > 0 && Arrays.stream(addresses).noneMatch(this.filter::allows);
        } catch (UnknownHostException ex) {
            return false; // The proxy may know it.
        }
    }

    private CallRejectedException refused(HttpRoute route) {
        String origin = Origins.of(route);
        String message =
                ("Client '%s' did not call %s: it would go through the proxy %s, which the InetAddressFilter bean "
                                + "cannot look behind. Call the host without the proxy (%s.proxy.non-proxy-hosts, or "
                                + "-Dhttp.nonProxyHosts for that of the JVM), or let the proxy filter and write "
                                + "%s.proxy.address-filter: report.")
                        .formatted(
                                this.spec.client(),
                                origin,
                                route.getProxyHost().toHostString(),
                                this.spec.keyPrefix(),
                                this.spec.keyPrefix());
        return new CallRejectedException(
                message, this.spec.client(), origin, CallRejectedException.Reason.ADDRESS_REFUSED, Duration.ZERO);
    }

    private void warn() {
        log.warn(
                "Client '{}' has an InetAddressFilter and goes through a proxy, which resolves names itself: that it calls "
                        + "no address that the filter refuses cannot be proven. Let the proxy filter, too. A target that is "
                        + "known here by refused addresses only is refused all the same "
                        + "({}.proxy.address-filter: report).",
                this.spec.client(),
                this.spec.keyPrefix());
    }
}
