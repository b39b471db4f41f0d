// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.util.regex.Pattern;

/**
 * Tells hosts that mean one address here and perhaps another one elsewhere. {@code 0177.0.0.1} is 177.0.0.1 to some JDKs and
 * 127.0.0.1 to {@code inet_aton}, which proxies use; {@code 0x7f.1} is a name to one and an address to the other.
 */
public final class AddressSpelling {

    /** Whose last label is a number is an address (URL Standard, section 3.6, "ends in a number"). */
    private static final Pattern NUMERIC = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0[xX][0-9a-fA-F]*)\\.?");

    private static final String OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

    private static final Pattern CANONICAL = Pattern.compile(OCTET + "(?:\\." + OCTET + "){3}");

    private AddressSpelling() {}

    /** {@return whether not everybody takes the host for the same IPv4 address} */
    public static boolean isAmbiguous(String host) {
        return NUMERIC.matcher(host).matches() && !CANONICAL.matcher(host).matches();
    }
}
