// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.PlaceholderCheck;
import java.net.IDN;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;

/** What the base URL of a client may be: one to which paths can be added, and that is no secret. */
public final class BaseUrlCheck {

    /** Stands for what must not be in a log. */
    private static final String HIDDEN = "***";

    private static final Pattern SCHEME = Pattern.compile("(?s)([A-Za-z][A-Za-z0-9+.-]*)://.*");

    /** Scheme, user, host, and all behind it. */
    private static final Pattern PARTS =
            Pattern.compile("(?s)([A-Za-z]+://)([^/?#\\\\]*@)?(\\[[^]]*]|[^:/?#\\\\]*)(.*)");

    /** All up to the path, and the rest. */
    private static final Pattern PATH = Pattern.compile("(?s)^((?:\\w+://|//)?+[^/?#\\\\]*)([/?#\\\\].*)");

    /** A word or a version. Any other segment of a path may be a secret: that of a web hook is. */
    private static final Pattern HARMLESS =
            Pattern.compile("(?:[a-z]{1,15}(?:[-_.][a-z]{1,15}){0,3}|v?\\d{1,3}(?:\\.\\d{1,3})*)?");

    /** Letters with another form in IDNA 2008 than in IDNA 2003, which is the one that {@link IDN} knows. */
    private static final Pattern OF_TWO_FORMS = Pattern.compile("[\\u00DF\\u03C2\\u200C\\u200D]");

    private static final String REMEDY = "Write a URL such as https://api.example.com/v1.";

    private BaseUrlCheck() {}

    /** @throws InvalidSettingException if it could not work */
    static void check(String key, @Nullable String url) {
        if (!StringUtils.hasText(url)) {
            return;
        }
        PlaceholderCheck.check(key, url);
        Setting<String> setting = Setting.secret(key, hideSecrets(url));
        checkScheme(setting, url);
        checkHost(setting, url);
        UriComponents parts = parse(url);
        if (parts == null) {
            throw setting.refuse("it is no URL", REMEDY);
        }
        setting.refuseIf(
                        parts.getUserInfo() != null,
                        "a user name or password in a URL is not sent, but logged",
                        "Set an Authorization header below 'default-header', or in code.")
                .refuseIf(parts.getFragment() != null, "a fragment is never sent", "Leave it out, with the '#'.")
                .refuseIf(
                        parts.getQuery() != null,
                        "it is logged, and parameters may be secret",
                        "Leave the query out, and add it where requests are made.");
    }

    private static void checkScheme(Setting<String> setting, String url) {
        Matcher scheme = SCHEME.matcher(url);
        if (!scheme.matches()) {
            throw setting.refuse("it does not begin with https:// or http://", withScheme(url));
        }
        setting.refuseIf(
                !scheme.group(1).matches("(?i)https?"), "'%s' is no scheme of HTTP".formatted(scheme.group(1)), REMEDY);
    }

    private static String withScheme(String url) {
        String rest = url.replaceFirst("(?i)^(https?:)?(//)?", "");
        if (rest.isEmpty() || rest.startsWith("/") || rest.contains("://")) {
            return REMEDY;
        }
        String scheme = url.matches("(?is)http:.*") ? "http" : "https";
        return hideSecrets(rest).equals(rest)
                ? "Did you mean %s://%s?".formatted(scheme, rest)
                : "Write %s:// in front of the host.".formatted(scheme);
    }

    private static void checkHost(Setting<String> setting, String url) {
        Matcher parts = PARTS.matcher(url);
        if (!parts.matches() || parts.group(2) != null) {
            return;
        }
        String host = parts.group(3);
        setting.refuseIf(host.isBlank(), "it has no host", REMEDY);
        if (host.startsWith("[")) {
            setting.refuseIf(
                    host.indexOf('%') >= 0,
                    "the zone of an address means something on this machine only",
                    "Leave it out, from the '%' on, or write a name.");
            return;
        }
        String decoded = decode(host);
        setting.refuseIf(
                        !StandardCharsets.US_ASCII.newEncoder().canEncode(decoded),
                        "the name of a host has letters of ASCII only where it is looked up",
                        inAscii(parts, decoded))
                .refuseIf(!decoded.equals(host), "the name of a host is not percent-encoded", suggest(parts, decoded));
    }

    private static String decode(String host) {
        try {
            return URLDecoder.decode(host.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException ex) {
            return host;
        }
    }

    private static String inAscii(Matcher parts, String host) {
        try {
            return OF_TWO_FORMS.matcher(host).find()
                    ? "Write the name as it is registered, with 'xn--'."
                    : suggest(parts, IDN.toASCII(host, IDN.USE_STD3_ASCII_RULES));
        } catch (IllegalArgumentException ex) {
            return REMEDY;
        }
    }

    private static String suggest(Matcher parts, String host) {
        return "Write %s instead.".formatted(hideSecrets(parts.group(1) + host + parts.group(4)));
    }

    private static @Nullable UriComponents parse(String url) {
        try {
            UriComponents parts = UriComponentsBuilder.fromUriString(url).build();
            // Parsed when it is asked for.
            return (parts.getPort() <= 65535) ? parts : null;
        } catch (IllegalStateException | IllegalArgumentException ex) {
            return null;
        }
    }

    /** {@return the URL up to its path, which may be a secret} */
    public static String withoutPath(String url) {
        return PATH.matcher(url).replaceFirst("$1");
    }

    private static String hideSecrets(String url) {
        String withoutUser = url.replaceFirst("(?s)^(\\w+://)?.*@", "$1" + HIDDEN + "@");
        Matcher parts = PATH.matcher(withoutUser);
        return parts.matches() ? parts.group(1) + hideSecretsOfPath(parts.group(2)) : withoutUser;
    }

    private static String hideSecretsOfPath(String path) {
        if (!path.startsWith("/")) {
            return "/" + HIDDEN;
        }
        String told = Stream.of(path.split("/", -1))
                .takeWhile(segment -> HARMLESS.matcher(segment).matches())
                .collect(Collectors.joining("/"));
        if (told.length() == path.length()) {
            return path;
        }
        return told + "/" + HIDDEN;
    }
}
