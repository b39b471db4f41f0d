// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import org.jspecify.annotations.Nullable;

/**
 * Tells whether a header field of a request can be sent as it is. HttpClient sends something else in place of what cannot:
 * a blank for a line break, a question mark for a character outside of ISO-8859-1. The JDK's client refuses both, and so
 * do we.
 */
public final class HeaderSyntax {

    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private HeaderSyntax() {}

    /** @throws IllegalArgumentException if it cannot; the message tells the name, if that is one, and never the value */
    public static void require(String name, @Nullable String value) {
        String ofName = nameViolation(name);
        if (ofName != null) {
            throw new IllegalArgumentException("The name of a header of the request %s.".formatted(ofName));
        }
        String ofValue = valueViolation(value);
        if (ofValue != null) {
            throw new IllegalArgumentException(
                    "The value of header '%s' of the request %s. Encode or remove it.".formatted(name, ofValue));
        }
    }

    /** {@return what is wrong with the name, as in "has a blank, U+0020 at index 1, ...", or {@code null}} */
    public static @Nullable String nameViolation(String name) {
        if (name.isEmpty()) {
            return "is empty";
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isToken(name.charAt(i))) {
                return violation(name, i, "5.6.2");
            }
        }
        return null;
    }

    /** {@return what is wrong with the value, as in "has a line feed, U+000A at index 6, ...", or {@code null}} */
    public static @Nullable String valueViolation(@Nullable String value) {
        for (int i = 0; value != null && i < value.length(); i++) {
            if (!isText(value.charAt(i))) {
                return violation(value, i, "5.5");
            }
        }
        return null;
    }

    private static String violation(String text, int index, String section) {
        char found = text.charAt(index);
        boolean last = index > 0 && index == text.length() - 1;
        return "has %s, U+%04X at index %d%s, which cannot be sent there (RFC 9110, section %s)"
                .formatted(called(found), (int) found, index, last ? ", its last character" : "", section);
    }

    private static String called(char c) {
        return switch (c) {
            case '\n' -> "a line feed";
            case '\r' -> "a carriage return";
            case '\0' -> "a NUL";
            case ' ' -> "a blank";
            case '\t' -> "a tab";
            default ->
                Character.isISOControl(c)
                        ? "a control character"
                        : (c > 0xff) ? "a character outside of ISO-8859-1" : "a character";
        };
    }

    private static boolean isToken(char c) {
        return (c >= 'a' && c <= 'z')
                || (c >= 'A' && c <= 'Z')
                || (c >= '0' && c <= '9')
                || TOKEN_MARKS.indexOf(c) >= 0;
    }

    /** What HttpClient sends unchanged, which is all of RFC 9110 but the control characters of ISO-8859-1. */
    private static boolean isText(char c) {
        return (c >= 0x20 && c <= 0x7e) || (c >= 0xa0 && c <= 0xff) || c == '\t';
    }
}
