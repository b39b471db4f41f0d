// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressOrderTests {

    /** Addresses by their last figure, IPv6 with a 6 before it. */
    @ParameterizedTest(name = "{0}, failed {1}")
    @CsvSource({
        "1, '', 1",
        "1 2 3, '', 1 2 3",
        "1 2 61 62, '', 1 61 2 62",
        "61 62 63 1, '', 61 1 62 63",
        "61 1 2 3, '', 61 1 2 3",
        "1 2 3, 1, 2 3 1",
        "1 2 3, 1 2, 3 1 2",
        "1 2 3, 1 2 3, 1 2 3",
        "1 2 61 62, 1 61, 2 62 1 61",
        "1 1 2 1, '', 1 2",
        "1 2, 9, 1 2"
    })
    void kindsTakeTurnsAndWhatFailedComesLast(String resolved, String failed, String expected) {
        List<InetSocketAddress> dead = addresses(failed);

        assertThat(AddressOrder.of(addresses(resolved), dead::contains)).isEqualTo(addresses(expected));
    }

    private static List<InetSocketAddress> addresses(String figures) {
        return Arrays.stream(figures.split(" "))
                .filter(figure -> !figure.isEmpty())
                .map(figure -> figure.startsWith("6") ? "2001:db8::" + figure : "192.0.2." + figure)
                .map(AddressOrderTests::address)
                .collect(Collectors.toList());
    }

    private static InetSocketAddress address(String literal) {
        try {
            return new InetSocketAddress(InetAddress.getByName(literal), 443);
        } catch (UnknownHostException ex) {
            throw new IllegalArgumentException(ex);
        }
    }
}
