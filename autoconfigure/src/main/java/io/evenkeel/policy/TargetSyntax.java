// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.net.IDN;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.regex.Pattern;

/**
 * Spells the target of a request in ASCII, as RFC 3986 wants it. {@code java.net.URI} lets other characters through, of
 * which HttpClient makes bytes of ISO-8859-1 or question marks: the address of another resource.
 */
public final class TargetSyntax {

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    /** Letters with another form in IDNA 2008 than in IDNA 2003, which is the one that {@link IDN} knows. */
    private static final Pattern OF_TWO_FORMS = Pattern.compile("[\\u00DF\\u03C2\\u200C\\u200D]");

    private TargetSyntax() {}

    /**
     * Encodes each character outside of ASCII as the bytes of its UTF-8. The characters are those that were given: to
     * normalise them would name another resource.
     *
     * @param target path and query
     * @return the same, if all of it is ASCII
     * @throws IllegalArgumentException if there is a surrogate without its other half, which has no UTF-8
     */
    public static String encode(String target) {
        int first = firstOutsideOfAscii(target);
        if (first < 0) {
            return target;
        }
        StringBuilder encoded = new StringBuilder(target.length() + 16).append(target, 0, first);
        for (int i = first; i < target.length(); ) {
            int character = target.codePointAt(i);
            if (character < 0x80) {
                encoded.append((char) character);
            } else if (Character.getType(character) == Character.SURROGATE) {
                throw new IllegalArgumentException(
                        ("The URI of the request has half a character, the surrogate U+%04X at index %d of its path and "
                                        + "query, which cannot be encoded. Correct what the URI is made of.")
                                .formatted(character, i));
            } else {
                for (byte each : Character.toString(character).getBytes(StandardCharsets.UTF_8)) {
                    encoded.append('%').append(HEX.toHexDigits(each));
                }
            }
            i += Character.charCount(character);
        }
        return encoded.toString();
    }

    /** @throws IllegalArgumentException if name servers do not know such a host; the message has the form that they know */
    public static void requireAsciiHost(String host) {
        boolean escaped = host.indexOf('%') >= 0 && host.indexOf(':') < 0;
        if (escaped || firstOutsideOfAscii(host) >= 0) {
            throw new IllegalArgumentException(
                    "The host '%s' of the request is not spelt in ASCII. %s".formatted(host, asciiForm(host)));
        }
    }

    private static String asciiForm(String host) {
        try {
            String decoded = URLDecoder.decode(host, StandardCharsets.UTF_8);
            return OF_TWO_FORMS.matcher(decoded).find()
                    ? "Write the form that begins with xn--."
                    : "Write %s.".formatted(IDN.toASCII(decoded));
        } catch (IllegalArgumentException ex) {
            return "It is no internationalised domain name, either (%s).".formatted(ex.getMessage());
        }
    }

    private static int firstOutsideOfAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) >= 0x80) {
                return i;
            }
        }
        return -1;
    }
}
