// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.policy.AddressSpelling;
import io.evenkeel.policy.ProxySettings;
import io.evenkeel.transport.dial.FilteringDnsResolver;
import io.evenkeel.transport.dial.Lookups;
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
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides with the address filter of a client on what is not decided where names are resolved: hosts that carry their
 * address, and what is behind a proxy, which resolves names itself. Nothing can be proven there: by default such a call is
 * refused; if the user wants it to be made, what this machine knows of the target is checked, and a warning says that it
 * is no proof.
 */
final class AddressCheck {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final AddressFilter filter;
    private final DnsResolver resolver;
    private final Lookups lookups;
    private final ClientSpec spec;
    private final ConnectionPools pools;

    /** @param resolver finds all addresses of a host, refused ones, too */
    AddressCheck(AddressFilter filter, ClientSpec spec, DnsResolver resolver, ConnectionPools pools) {
        this.lookups = pools.lookups();
        this.filter = filter;
        this.resolver = resolver;
        this.spec = spec;
        this.pools = pools;
    }

    /** @throws IOException if the call is not to be made */
    void check(HttpRoute route, HttpContext context) throws IOException {
        if (route.getProxyHost() != null) {
            checkBehindProxy(route, context);
        }
        HttpHost firstHop = (route.getProxyHost() != null) ? route.getProxyHost() : route.getTargetHost();
        InetAddress address = firstHop.getAddress();
        if (address != null && !this.filter.allows(address)) {
            throw new FilteringDnsResolver.AddressRefusedException(firstHop.getHostName());
        }
    }

    private void checkBehindProxy(HttpRoute route, HttpContext context) throws IOException {
        if (this.spec.proxy().filter() == ProxySettings.Filter.REFUSE) {
            throw refused(
                    route,
                    ("it would go through the proxy %s, which the InetAddressFilter bean cannot look behind. Call the host "
                                    + "without the proxy (%s.proxy.non-proxy-hosts, or -Dhttp.nonProxyHosts for that of the "
                                    + "JVM), or let the proxy filter and write %s.proxy.address-filter: report.")
                            .formatted(
                                    route.getProxyHost().toHostString(), this.spec.keyPrefix(), this.spec.keyPrefix()));
        }
        if (this.pools.isFirstUnproven(this.spec.client())) {
            warn();
        }
        String host = route.getTargetHost().getHostName();
        if (AddressSpelling.isAmbiguous(host) || knownToBeRefused(host, context)) {
            throw new FilteringDnsResolver.AddressRefusedException(host);
        }
    }

    private boolean knownToBeRefused(String host, HttpContext context) throws IOException {
        try {
            InetAddress[] addresses = this.lookups.lookUp(context, host, () -> this.resolver.resolve(host));
            return addresses.length > 0 && Arrays.stream(addresses).noneMatch(this.filter::allows);
        } catch (UnknownHostException ex) {
            return false; // The proxy may know it.
        }
    }

    /** {@return what a caller is told if no address is left, of the host or of the proxy before it} */
    CallRejectedException refused(FilteringDnsResolver.AddressRefusedException refusal, HttpRoute route) {
        HttpHost proxy = route.getProxyHost();
        boolean ofProxy = proxy != null && proxy.getHostName().equals(refusal.host());
        return refused(
                route,
                "the address filter refuses every address of %s'%s'. See the InetAddressFilter bean if it should not."
                        .formatted(ofProxy ? "the proxy " : "", refusal.host()));
    }

    private CallRejectedException refused(HttpRoute route, String reason) {
        String origin = Origins.of(route);
        return new CallRejectedException(
                "Client '%s' did not call %s: %s".formatted(this.spec.client(), origin, reason),
                this.spec.client(),
                origin,
                CallRejectedException.Reason.ADDRESS_REFUSED,
                Duration.ZERO);
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
