// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TargetSyntaxTests {

    @ParameterizedTest
    @CsvSource({
        "/files/\u20ac5, /files/%E2%82%AC5",
        "/\u00fc, /%C3%BC",
        "/u\u0308, /u%CC%88",
        "/?q=\u00e9&r=%20, /?q=%C3%A9&r=%20",
        "/\ud83d\ude00x, /%F0%9F%98%80x",
        "/\u4e2d\u6587?\u4e2d=1, /%E4%B8%AD%E6%96%87?%E4%B8%AD=1",
        "/\u0080\u00ff, /%C2%80%C3%BF",
        "/\uff0f\u2215, /%EF%BC%8F%E2%88%95"
    })
    void characterOutsideOfAsciiIsTheBytesOfItsUtf8(String target, String encoded) {
        assertThat(TargetSyntax.encode(target)).isEqualTo(encoded);
    }

    @Test
    void whatIsAsciiIsTheSame() {
        String target = "/a%20b%E2%82%AC;c=[d]?e[]=f&g=%zz|{}";
        assertThat(TargetSyntax.encode(target)).isSameAs(target);
    }

    @ParameterizedTest
    @CsvSource({"/x\ud83d, D83D, 2", "/\ude00x, DE00, 1", "/\ude00\ud83d, DE00, 1", "/\u00fc\ud83d/, D83D, 2"})
    void halfACharacterIsRefusedWithItsPlace(String target, String code, int index) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TargetSyntax.encode(target))
                .withMessageContaining("U+%s at index %d".formatted(code, index))
                .withMessageNotContaining("/");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "localhost",
                "api.example.com",
                "127.0.0.1",
                "::1",
                "fe80::1%eth0",
                "a_b",
                "xn--bcher-kva.example"
            })
    void hostInAsciiIsTaken(String host) {
        assertThatCode(() -> TargetSyntax.requireAsciiHost(host)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "b\u00fccher.example, xn--bcher-kva.example",
        "b%C3%BCcher.example, xn--bcher-kva.example",
        "\u4f8b\u3048.jp, xn--r8jz45g.jp",
        "stra\u00dfe.example, the form that begins with xn--",
        "api\u3002example, api.example"
    })
    void hostOutsideOfAsciiIsRefusedWithTheFormToWrite(String host, String form) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> TargetSyntax.requireAsciiHost(host))
                .withMessageContaining("Write " + form);
    }

    @Test
    void hostThatIsNoDomainNameAtAllIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> TargetSyntax.requireAsciiHost("\ud83d.example"));
        assertThatIllegalArgumentException().isThrownBy(() -> TargetSyntax.requireAsciiHost("a%zz.example"));
    }
}
