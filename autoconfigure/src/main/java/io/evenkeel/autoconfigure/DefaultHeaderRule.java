// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.policy.HeaderSyntax;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
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
        String violation = violation(name, value);
        if (violation != null) {
            throw InvalidSettingException.hidingValue(key, "what it is", violation, "Write it without.");
        }
    }

    /** {@return why a header could not be sent, {@code null} if it could} */
    static @Nullable String violation(String name, @Nullable String value) {
        try {
            HeaderSyntax.require(name, value);
            return null;
        } catch (IllegalArgumentException ex) {
            return "it could not be sent: " + StringUtils.trimTrailingCharacter(String.valueOf(ex.getMessage()), '.');
        }
    }
}
