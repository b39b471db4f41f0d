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
        if (name.isEmpty()) {
            throw new IllegalArgumentException("A header of the request has no name.");
        }
        for (int i = 0; i < name.length(); i++) {
            if (!isToken(name.charAt(i))) {
                throw refused("The name of a header of the request", name.charAt(i), i, "RFC 9110, section 5.6.2");
            }
        }
        for (int i = 0; value != null && i < value.length(); i++) {
            if (!isText(value.charAt(i))) {
                throw refused(
                        "The value of header '%s' of the request".formatted(name),
                        value.charAt(i),
                        i,
                        "RFC 9110, section 5.5");
            }
        }
    }

    private static IllegalArgumentException refused(String what, char found, int index, String source) {
        return new IllegalArgumentException(
                "%s has the character U+%04X at index %d, which cannot be sent in it (%s). Encode or remove it."
                        .formatted(what, (int) found, index, source));
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
