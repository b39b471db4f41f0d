// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.policy.HeaderSyntax;
import org.jspecify.annotations.Nullable;

/** Where a request may say which version of an API it wants. */
final class ApiVersionRule {

    private ApiVersionRule() {}

    /** @throws InvalidSettingException if there is no such header */
    static void checkHeader(String key, @Nullable String name) {
        String violation = (name != null && !name.isEmpty()) ? HeaderSyntax.nameViolation(name) : null;
        if (name != null && violation != null) {
            throw new InvalidSettingException(
                    key, name, "the name " + violation, "Write the name of a header, such as X-API-Version.");
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
