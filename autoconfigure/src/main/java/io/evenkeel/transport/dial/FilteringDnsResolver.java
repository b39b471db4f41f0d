// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.transport.spec.AddressFilter;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import org.apache.hc.client5.http.DnsResolver;

/** Drops the addresses that a client may not connect to. What is checked here is what is dialed: nothing resolves twice. */
public final class FilteringDnsResolver implements DnsResolver {

    private final DnsResolver delegate;
    private final AddressFilter filter;

    public FilteringDnsResolver(DnsResolver delegate, AddressFilter filter) {
        this.delegate = delegate;
        this.filter = filter;
    }

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] resolved = this.delegate.resolve(host);
        InetAddress[] allowed =
                Arrays.stream(resolved).filter(this.filter::allows).toArray(InetAddress[]::new);
        if (allowed.length == 0 && resolved.length > 0) {
            throw new AddressRefusedException(host);
        }
        return allowed;
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return this.delegate.resolveCanonicalHostname(host);
    }

    /** No address is left. Of the only type that a resolver may throw; the connection manager makes it readable. */
    public static final class AddressRefusedException extends UnknownHostException {

        private static final long serialVersionUID = 1L;

        private final String host;

        public AddressRefusedException(String host) {
            super(host);
            this.host = host;
        }

        public String host() {
            return this.host;
        }
    }
}
