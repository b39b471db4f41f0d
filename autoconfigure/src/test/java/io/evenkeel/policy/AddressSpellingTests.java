// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressSpellingTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.1",
                "127.0.1",
                "2130706433",
                "0x7f.1",
                "0x7f000001",
                "0177.0.0.1",
                "127.0.0.01",
                "0",
                "127.0.0.1.",
                "256.1.1.1",
                "1.2.3.4.5",
                "name.0x7f",
                "017700000001",
                "127.0x0.0.1",
                "00.0.0.0",
                "::ffff:127.0.0.1",
                "0x"
            })
    void isAmbiguousUnlessItHasFourPlainNumbers(String host) {
        assertThat(AddressSpelling.isAmbiguous(host)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "127.0.0.1",
                "0.0.0.0",
                "255.255.255.255",
                "8.8.8.8",
                "10.20.30.40",
                "::1",
                "2001:db8::1",
                "localhost",
                "example.com",
                "1password.com",
                "0x7f.example",
                "host1",
                "127.0.0.1.example.com",
                "a-1",
                "xn--p1ai"
            })
    void isNotAmbiguousIfItIsANameOrAPlainAddress(String host) {
        assertThat(AddressSpelling.isAmbiguous(host)).isFalse();
    }
}
