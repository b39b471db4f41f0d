// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Deadline;
import io.evenkeel.autoconfigure.properties.Refusals;
import io.evenkeel.policy.HeaderSyntax;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What the keys under {@code evenkeel.deadline} may be that say what a client sends. */
final class DeadlineCheck {

    private static final String ACCEPT_HEADER = "deadline.accept-header";
    private static final String ACCEPT_UNIT = "deadline.accept-unit";
    private static final String MIN = "deadline.min";
    private static final Duration LONGEST_MIN = Duration.ofMinutes(1);
    private static final String SEND_HEADER = "deadline.send-header";
    private static final String SEND_UNIT = "deadline.send-unit";
    private static final String REMEDY =
            "Name the header by which your servers know deadlines, such as Expect-Within, or remove it to send none.";

    private static final String ACCEPT_REMEDY =
            "Name the header by which your callers tell deadlines, such as Expect-Within, or remove it to accept none.";

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

    /** Judges what the application has from its callers. */
    void checkAccepted(Refusals refusals) {
        String header = this.deadline.acceptHeader();
        refusals.check(
                () -> checkName(ACCEPT_HEADER, header, ACCEPT_REMEDY),
                () -> new Setting<>(this.keys.inForce(ACCEPT_UNIT), this.deadline.acceptUnit())
                        .refuseIf(
                                header == null && this.keys.isOwn(ACCEPT_UNIT),
                                "it is without effect, because no header is accepted",
                                "Remove it, or set '%s'.".formatted(this.keys.own(ACCEPT_HEADER))),
                () -> new Setting<>(this.keys.inForce(MIN), this.deadline.min())
                        .refuseIf(
                                header == null
                                        && this.keys.isOwn(MIN)
                                        && !this.deadline.min().isZero(),
                                "it is without effect, because no header is accepted",
                                "Remove it, or set '%s'.".formatted(this.keys.own(ACCEPT_HEADER)))
                        .atLeast(Duration.ZERO, "a time cannot be negative", "Write 0 for none, or such as 10ms.")
                        .atMost(LONGEST_MIN, "callers hardly ever have that much time left"));
    }

    private void checkName(String key, @Nullable String header, String remedy) {
        if (header != null) {
            new Setting<>(this.keys.inForce(key), header)
                    .refuseIf(header.isBlank(), "a header needs a name", remedy)
                    .refuseIf(
                            HeaderSyntax.nameViolation(header) != null,
                            "it has a character that the name of a header cannot have",
                            remedy);
        }
    }

    private void checkHeader(@Nullable String header) {
        checkName(SEND_HEADER, header, REMEDY);
        if (header != null) {
            new Setting<>(this.keys.inForce(SEND_HEADER), header)
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
