// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.policy.HeaderSyntax;
import org.jspecify.annotations.Nullable;

/** Where a request may say which version of an API it wants. */
final class ApiVersionRule {

    private ApiVersionRule() {}

    /** @throws InvalidSettingException if there is no such header */
    static void checkHeader(String key, @Nullable String name) {
        if (name == null || name.isEmpty()) {
            return;
        }
        try {
            HeaderSyntax.require(name, null);
        } catch (IllegalArgumentException ex) {
            throw new InvalidSettingException(
                    key,
                    name,
                    "it has a character that the name of a header cannot have",
                    "Write the name of a header, such as X-API-Version.");
        }
    }

    /** @throws InvalidSettingException if there is no such segment */
    static void checkPathSegment(String key, @Nullable Integer index) {
        if (index != null && index < 0) {
            throw new InvalidSettingException(
                    key, index.toString(), "it cannot be negative", "Write 0 for the first segment of the path.");
        }
    }
}
