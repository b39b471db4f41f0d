// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderSyntaxTests {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "plain",
                "with blanks and\ttabs",
                "J\u00fcrgen",
                "\u00a0\u00ff",
                "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
            })
    void whatCanBeSentIsAccepted(String value) {
        assertThatCode(() -> HeaderSyntax.require("X-Name", value)).doesNotThrowAnyException();
    }

    @Test
    void absentValueIsAccepted() {
        assertThatCode(() -> HeaderSyntax.require("X-Name", null)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @CsvSource({
        "000D", "000A", "0000", "0001", "000B", "000C", "001F", "007F", "0080", "0085", "009F", "0100", "010D", "010A",
        "4E2D", "D83D"
    })
    void characterThatWouldBecomeAnotherIsRefused(String code) {
        char character = (char) Integer.parseInt(code, 16);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeaderSyntax.require("X-Name", "secret" + character + "value"))
                .withMessageContaining("'X-Name'")
                .withMessageContaining("U+" + code)
                .withMessageContaining("index 6")
                .withMessageNotContaining("secret");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "X Name",
                " X",
                "X ",
                "X:Y",
                "X\rY",
                "X\nEvil",
                "X\0",
                "X\u010dY",
                "X(Y)",
                "X\"",
                "J\u00fcrgen",
                "X/Y",
                "X@Y"
            })
    void nameIsAToken(String name) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeaderSyntax.require(name, "value"))
                .withMessageContaining("The name of a header")
                .withMessageContaining("U+")
                .withMessageNotContaining("Evil");
    }

    @Test
    void nameIsNotEmpty() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeaderSyntax.require("", "value"))
                .withMessage("The name of a header of the request is empty.");
    }

    @ParameterizedTest
    @CsvSource({
        "000A, a line feed",
        "000D, a carriage return",
        "0000, a NUL",
        "0085, a control character",
        "010D, a character outside of ISO-8859-1"
    })
    void characterIsCalledWhatItIs(String code, String called) {
        char character = (char) Integer.parseInt(code, 16);

        assertThatIllegalArgumentException()
                .isThrownBy(() -> HeaderSyntax.require("X-Name", "secret" + character))
                .withMessage(
                        "The value of header 'X-Name' of the request has %s, U+%s at index 6, its last character, which"
                                + " cannot be sent there (RFC 9110, section 5.5). Encode or remove it.",
                        called, code);
    }
}
