// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.util.StringUtils;
import org.springframework.web.util.UriComponents;
import org.springframework.web.util.UriComponentsBuilder;

/** What the base URL of a client may be: one to which paths can be added, and that is no secret. */
final class BaseUrlRule {

    /** Stands for what must not be in a log. */
    private static final String HIDDEN = "***";

    /** All behind the host, or behind what stands in its place. */
    private static final String PATH = "(?s)^((?:\\w+://|//)?+[^/?#\\\\]*)[/?#\\\\].*";

    private static final String REMEDY = "Write a URL such as https://api.example.com/v1.";

    private BaseUrlRule() {}

    /** @throws InvalidSettingException if it could not work */
    static void check(String key, @Nullable String url) {
        if (!StringUtils.hasText(url)) {
            return;
        }
        PlaceholderRule.check(key, url);
        UriComponents parts = parse(url);
        if (parts == null) {
            throw refuse(key, url, "it is no URL", REMEDY);
        }
        String scheme = parts.getScheme();
        if (scheme == null) {
            throw refuse(key, url, "it has no scheme", "Did you mean https://%s?".formatted(hideSecrets(url)));
        }
        if (!scheme.toLowerCase(Locale.ROOT).matches("https?")) {
            throw refuse(key, url, "'%s' is no scheme of HTTP".formatted(scheme), REMEDY);
        }
        if (!StringUtils.hasText(parts.getHost())) {
            throw refuse(key, url, "it has no host", REMEDY);
        }
        if (parts.getUserInfo() != null) {
            throw refuse(
                    key,
                    url,
                    "a user name or password in a URL is not sent, but logged",
                    "Set an Authorization header below 'default-header', or in code.");
        }
        if (parts.getFragment() != null) {
            throw refuse(key, url, "a fragment is never sent", "Leave it out, with the '#'.");
        }
        if (parts.getQuery() != null) {
            throw refuse(
                    key,
                    url,
                    "it is logged, and parameters may be secret",
                    "Leave the query out, and add it where requests are made.");
        }
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

    private static InvalidSettingException refuse(String key, String url, String reason, String remedy) {
        return InvalidSettingException.hidingValue(key, hideSecrets(url), reason, remedy);
    }

    /** {@return the URL up to its path, which may be a secret: that of a web hook is} */
    static String withoutPath(String url) {
        return url.replaceFirst(PATH, "$1");
    }

    private static String hideSecrets(String url) {
        return url.replaceFirst("^(\\w+://)?.*@", "$1" + HIDDEN + "@").replaceFirst(PATH, "$1/" + HIDDEN);
    }
}
