// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.policy.HeaderSyntax;
import java.util.Locale;
import java.util.Set;

/** What {@code evenkeel.idempotency-header} may be. A wrong one would let any request be sent twice, a POST too. */
final class IdempotencyHeaderCheck {

    private static final String REMEDY = "Name the header by which your servers recognize a request that they have"
            + " executed, or leave it out for the default of Idempotency-Key.";

    /** Headers that requests carry for other reasons; in lower case. */
    private static final Set<String> OF_OTHER_MEANING = Set.of("""
            accept accept-charset accept-encoding accept-language authorization b3 baggage cache-control
            connection content-encoding content-language content-length content-location content-type cookie
            date expect forwarded from host keep-alive max-forwards origin pragma priority proxy-authorization
            proxy-connection range referer te traceparent tracestate trailer transfer-encoding upgrade
            user-agent via
            """.split("\\s+"));

    private IdempotencyHeaderCheck() {}

    /** {@return whether requests carry the header for a reason of its own} */
    static boolean hasOtherMeaning(String name) {
        return OF_OTHER_MEANING.contains(name.toLowerCase(Locale.ROOT));
    }

    /** @throws InvalidSettingException if the header says something else, or cannot be one */
    static void check(String key, String name) {
        new Setting<>(key, name)
                .refuseIf(name.isBlank(), "a header needs a name", REMEDY)
                .refuseIf(
                        HeaderSyntax.nameViolation(name) != null,
                        "it has a character that the name of a header cannot have",
                        REMEDY)
                .refuseIf(
                        hasOtherMeaning(name),
                        "requests carry that header for another reason, and each of them could be sent twice",
                        REMEDY);
    }
}
