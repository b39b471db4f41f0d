// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Deadline;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.policy.HeaderSyntax;
import org.jspecify.annotations.Nullable;

/** What the keys under {@code evenkeel.deadline} may be that say what a client sends. */
final class DeadlineCheck {

    private static final String SEND_HEADER = "deadline.send-header";
    private static final String SEND_UNIT = "deadline.send-unit";
    private static final String REMEDY =
            "Name the header by which your servers know deadlines, such as Expect-Within, or remove it to send none.";

    private final Deadline deadline;
    private final ClientKeys keys;

    DeadlineCheck(Deadline deadline, ClientKeys keys) {
        this.deadline = deadline;
        this.keys = keys;
    }

    void check(Refusals refusals) {
        String header = this.deadline.sendHeader();
        refusals.check(() -> checkHeader(header), () -> checkUnit(header));
    }

    private void checkHeader(@Nullable String header) {
        if (header != null) {
            new Setting<>(this.keys.inForce(SEND_HEADER), header)
                    .refuseIf(header.isBlank(), "a header needs a name", REMEDY)
                    .refuseIf(
                            HeaderSyntax.nameViolation(header) != null,
                            "it has a character that the name of a header cannot have",
                            REMEDY)
                    .refuseIf(
                            IdempotencyHeaderCheck.hasOtherMeaning(header),
                            "requests carry that header for another reason",
                            REMEDY);
        }
    }

    private void checkUnit(@Nullable String header) {
        new Setting<>(this.keys.inForce(SEND_UNIT), this.deadline.sendUnit())
                .refuseIf(
                        header == null && this.keys.isOwn(SEND_UNIT),
                        "it is without effect, because no header is sent",
                        "Remove it, or set '%s'.".formatted(this.keys.own(SEND_HEADER)));
    }
}
