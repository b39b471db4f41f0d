// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A placeholder that nothing is known for is no text of its own: Spring Boot leaves it as it is, and it would be sent. */
public final class PlaceholderCheck {

    private static final Pattern PLACEHOLDER = Pattern.compile("\\$\\{[^}]+}");

    private PlaceholderCheck() {}

    /** @throws InvalidSettingException if a placeholder is left in the value; it does not tell the rest of the value */
    public static void check(String key, @Nullable String value) {
        Matcher placeholder = PLACEHOLDER.matcher((value != null) ? value : "");
        if (placeholder.find()) {
            String found = placeholder.group();
            throw InvalidSettingException.hidingValue(
                    key,
                    found,
                    "there is no property of that name, so the placeholder itself would be used",
                    "Set it, for example as an environment variable, or write a default: ${NAME:default}.");
        }
    }
}
