// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.redirect;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells where the {@code Location} of a redirect leads.
 *
 * <p>{@code java.net.URI} resolves references as RFC 2396 says: {@code ?page=2} loses the last segment of the path, and
 * {@code ..} may lead above the root. HttpClient 5.6 mends that by losing the whole path. Hence RFC 3986, section 5.2.
 */
public final class LocationRule {

    /** The longest request line that servers commonly take. */
    static final int MOST_CHARACTERS = 8192;

    /** RFC 3986, appendix B: takes any line. */
    private static final Pattern REFERENCE =
            Pattern.compile("(?:([^:/?#]+):)?(?://([^/?#]*))?([^?#]*)(?:\\?([^#]*))?(?:#.*)?");

    /** A name as name servers have them, or with underscores as container networks have them, or an address. */
    private static final Pattern AUTHORITY = Pattern.compile("([\\w.~-]+|\\[[0-9A-Fa-f:.]+])(?::(\\d{0,5}))?");

    /** Neither reserved nor unreserved in RFC 3986, or, as the brackets, only in a host. */
    private static final String TO_ESCAPE = " \"<>^`{}[]|";

    private static final HexFormat HEX = HexFormat.of().withUpperCase();

    private LocationRule() {}

    /**
     * Resolves the field.
     *
     * @param base the URI of the request that was answered, absolute
     * @param values all values of the field, with one character for each byte
     * @return where it leads: an absolute URI without user info and fragment
     * @throws InvalidLocationException if it leads nowhere
     */
    public static URI resolve(URI base, List<String> values) throws InvalidLocationException {
        if (values.stream().distinct().count() != 1) {
            // A proxy in front of the server may choose another one than we do.
            throw new InvalidLocationException("it has more than one Location");
        }
        Matcher reference = REFERENCE.matcher(sound(values.get(0)));
        if (!reference.matches()) {
            throw new InvalidLocationException("its Location is not a URI");
        }
        String scheme = lowerCase(reference.group(1) != null ? reference.group(1) : base.getScheme());
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new InvalidLocationException("its Location leads to a scheme other than http and https");
        }
        boolean relative = reference.group(1) == null && reference.group(2) == null;
        String authority = relative ? base.getRawAuthority() : authority(reference.group(2));
        String path = escaped(reference.group(3));
        String query = (reference.group(4) != null) ? escaped(reference.group(4)) : null;
        if (relative && path.isEmpty()) {
            path = base.getRawPath();
            query = (query != null) ? query : base.getRawQuery();
        } else if (relative && !path.startsWith("/")) {
            String basePath = base.getRawPath();
            path = basePath.substring(0, basePath.lastIndexOf('/') + 1) + path;
        }
        String target = withoutDotSegments(path.startsWith("/") ? path : "/" + path);
        try {
            return new URI(scheme + "://" + lowerCase(authority) + target + ((query != null) ? "?" + query : ""));
        } catch (URISyntaxException ex) {
            // Without the exception itself, whose message repeats the field.
            throw new InvalidLocationException("its Location is not a URI (%s)".formatted(ex.getReason()));
        }
    }

    private static String sound(String value) throws InvalidLocationException {
        if (value.length() > MOST_CHARACTERS) {
            throw new InvalidLocationException("its Location has %d characters, more than the %d that are followed"
                    .formatted(value.length(), MOST_CHARACTERS));
        }
        // A backslash is a slash to browsers, and to nobody else.
        if (value.chars().anyMatch(c -> c < ' ' || c == 0x7f || c == '\\')) {
            throw new InvalidLocationException("its Location has a control character or a backslash");
        }
        if (value.chars().anyMatch(c -> c > 0xff)) {
            throw new InvalidLocationException("its Location is not a URI");
        }
        return value;
    }

    /**
     * What should have been escaped stands for itself, as in browsers. Only in path and query, where it leads to no other
     * host, and before anything is read out of them: what is checked is what is sent.
     */
    private static String escaped(String part) {
        StringBuilder escaped = new StringBuilder(part.length());
        for (int i = 0; i < part.length(); i++) {
            char c = part.charAt(i);
            if (c == '%' ? isEscape(part, i) : (c < 0x80 && TO_ESCAPE.indexOf(c) < 0)) {
                escaped.append(c);
            } else {
                escaped.append('%').append(HEX.toHexDigits((byte) c));
            }
        }
        return escaped.toString();
    }

    private static boolean isEscape(String part, int percent) {
        return percent + 2 < part.length()
                && HexFormat.isHexDigit(part.charAt(percent + 1))
                && HexFormat.isHexDigit(part.charAt(percent + 2));
    }

    private static String authority(@Nullable String given) throws InvalidLocationException {
        String authority = (given != null) ? given : "";
        if (authority.indexOf('@') >= 0) {
            // RFC 9110, section 4.2.4: to be treated as an error, as it is used to disguise the host.
            throw new InvalidLocationException("its Location has user info");
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches() || !isPort(parts.group(2))) {
            throw new InvalidLocationException("its Location has no valid host and port");
        }
        return authority;
    }

    private static boolean isPort(@Nullable String digits) {
        if (digits == null || digits.isEmpty()) {
            return true;
        }
        int port = Integer.parseInt(digits);
        return port > 0 && port <= 65535;
    }

    /** RFC 3986, section 5.2.4. */
    private static String withoutDotSegments(String path) {
        StringBuilder kept = new StringBuilder(path.length());
        int start = 0;
        while (start < path.length()) {
            int slash = path.indexOf('/', start + 1);
            int end = (slash < 0) ? path.length() : slash;
            String segment = path.substring(start, end);
            if (segment.equals("/..")) {
                kept.setLength(Math.max(kept.lastIndexOf("/"), 0));
            } else if (!segment.equals("/.")) {
                kept.append(segment);
            }
            if (slash < 0 && (segment.equals("/..") || segment.equals("/."))) {
                kept.append('/');
            }
            start = end;
        }
        return kept.toString();
    }

    private static String lowerCase(String text) {
        return text.toLowerCase(Locale.ROOT);
    }
}
