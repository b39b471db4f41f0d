// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.PlaceholderCheck;
import io.evenkeel.policy.HeaderSyntax;
import java.util.Locale;
import java.util.Set;

/** What a header may be that each request of a client has. Its value may be a secret, and is never told. */
final class DefaultHeaderCheck {

    /** Stands for what must not be in a log. */
    private static final String HIDDEN = "***";

    /** HttpClient sets them, and Spring drops them before; in lower case. */
    private static final Set<String> OF_THE_BODY = Set.of("content-length", "transfer-encoding");

    private DefaultHeaderCheck() {}

    /** @throws InvalidSettingException if it could not be sent */
    static void check(String key, String name, String value) {
        PlaceholderCheck.check(key, value);
        String ofName = HeaderSyntax.nameViolation(name);
        String ofValue = HeaderSyntax.valueViolation(value);
        Setting.secret(key, "set")
                .refuseIf(
                        OF_THE_BODY.contains(name.toLowerCase(Locale.ROOT)),
                        "the body of a request decides on that header, so it is never sent",
                        "Remove it.");
        Setting.secret(key, HIDDEN)
                .refuseIf(ofName != null, "the name of the header " + ofName, "Correct it.")
                .refuseIf(ofValue != null, "the value " + ofValue, remedy(value));
    }

    /** {@return what to do} Most line feeds are of the file that holds a secret, or of a block of YAML. */
    private static String remedy(String value) {
        return value.endsWith("\n")
                ? "Remove it: files often end with one, and so do blocks of YAML that begin with '|' or '>' (not with '|-')."
                : "Encode or remove it.";
    }
}
