// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.policy.HeaderSyntax;
import java.util.Locale;
import java.util.Set;
import org.springframework.util.StringUtils;

/** What a header may be that each request of a client has. Its value may be a secret, and is never told. */
final class DefaultHeaderRule {

    /** HttpClient sets them, and Spring drops them before; in lower case. */
    private static final Set<String> OF_THE_BODY = Set.of("content-length", "transfer-encoding");

    private DefaultHeaderRule() {}

    /** @throws InvalidSettingException if it could not be sent */
    static void check(String key, String name, String value) {
        PlaceholderRule.check(key, value);
        if (OF_THE_BODY.contains(name.toLowerCase(Locale.ROOT))) {
            throw InvalidSettingException.hidingValue(
                    key, "set", "the body of a request decides on that header, so it is never sent", "Remove it.");
        }
        try {
            HeaderSyntax.require(name, value);
        } catch (IllegalArgumentException ex) {
            throw InvalidSettingException.hidingValue(
                    key,
                    "what it is",
                    "it could not be sent: " + StringUtils.trimTrailingCharacter(String.valueOf(ex.getMessage()), '.'),
                    "Write it without. What is read from a file may have the end of a line at its end.");
        }
    }
}
