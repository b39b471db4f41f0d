// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;

/**
 * In which order the addresses of a host are tried: IPv4 and IPv6 in turn, beginning with the kind that the resolver names
 * first (RFC 8305, section 4), so that a network without one of them costs one attempt; those that failed lately last.
 */
public final class AddressOrder {

    private AddressOrder() {}

    /**
     * Orders what a resolver found.
     *
     * @param resolved addresses, the resolver's favourite first
     * @param failedLately whether an address did not answer a short time ago
     * @return each address once
     */
    public static List<InetSocketAddress> of(
            List<InetSocketAddress> resolved, Predicate<InetSocketAddress> failedLately) {
        List<InetSocketAddress> live = new ArrayList<>();
        List<InetSocketAddress> failed = new ArrayList<>();
        for (InetSocketAddress address : resolved) {
            List<InetSocketAddress> kind = failedLately.test(address) ? failed : live;
            if (!kind.contains(address)) {
                kind.add(address);
            }
        }
        List<InetSocketAddress> ordered = inTurn(live);
        ordered.addAll(inTurn(failed));
        return ordered;
    }

    private static List<InetSocketAddress> inTurn(List<InetSocketAddress> addresses) {
        if (addresses.isEmpty()) {
            return new ArrayList<>();
        }
        boolean first = isV6(addresses.get(0));
        Deque<InetSocketAddress> same = new ArrayDeque<>();
        Deque<InetSocketAddress> other = new ArrayDeque<>();
        addresses.forEach(address -> ((isV6(address) == first) ? same : other).add(address));
        List<InetSocketAddress> ordered = new ArrayList<>(addresses.size());
        while (!same.isEmpty() || !other.isEmpty()) {
            move(same, ordered);
            move(other, ordered);
        }
        return ordered;
    }

    private static void move(Deque<InetSocketAddress> from, List<InetSocketAddress> to) {
        if (!from.isEmpty()) {
            to.add(from.remove());
        }
    }

    private static boolean isV6(InetSocketAddress address) {
        return address.getAddress() instanceof Inet6Address;
    }
}
