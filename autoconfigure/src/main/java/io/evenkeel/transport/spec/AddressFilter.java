// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.spec;

import java.net.InetAddress;
import java.util.function.Predicate;

/**
 * Decides which addresses a client may connect to. Two filters are equal if they stand for the same object, since a
 * predicate cannot be compared: a kept connection must never serve a client whose filter was not asked.
 */
public final class AddressFilter {

    private final Object identity;
    private final Predicate<InetAddress> allows;

    /**
     * @param identity the object that the filter stands for
     * @param allows whether an address may be connected to
     */
    public AddressFilter(Object identity, Predicate<InetAddress> allows) {
        this.identity = identity;
        this.allows = allows;
    }

    public boolean allows(InetAddress address) {
        return this.allows.test(address);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof AddressFilter filter && filter.identity == this.identity;
    }

    @Override
    public int hashCode() {
        return System.identityHashCode(this.identity);
    }
}
