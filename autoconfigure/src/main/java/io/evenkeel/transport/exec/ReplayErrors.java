// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.policy.replay.ExchangeFacts;
import io.evenkeel.policy.replay.ReplayDecision;
import io.evenkeel.policy.replay.ReplayObstacle;
import io.evenkeel.policy.replay.ReplaySettings;
import io.evenkeel.transport.pool.ReplayPlace;
import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What a caller is told whose request was lost with a kept connection: why it was not sent again, and what would help. */
public final class ReplayErrors {

    private final String client;
    private final String enabledKey;
    private final ReplaySettings settings;

    public ReplayErrors(String client, String keyPrefix, ReplaySettings settings) {
        this.client = client;
        this.enabledKey = keyPrefix + ".replay.enabled";
        this.settings = settings;
    }

    ConnectionLostException lost(String method, String origin, ReplayPlace.Verdict verdict, IOException cause) {
        ExchangeFacts facts = verdict.decision().facts();
        Duration idle = verdict.idle();
        String message = "%s closed a kept connection%s before %s; not sent again, as %s.%s"
                .formatted(
                        origin,
                        idle.isZero() ? "" : " (idle " + Texts.duration(idle) + ")",
                        facts.sent() ? "answering " + method : method + " was sent",
                        reasons(verdict.decision()),
                        remedies(verdict.decision()));
        Sent sent = facts.sent() ? Sent.MAYBE : Sent.NO;
        return new ConnectionLostException(message, this.client, origin, verdict.elapsed(), sent, cause);
    }

    private String reasons(ReplayDecision decision) {
        return decision.obstacles().stream()
                .sorted()
                .map(obstacle ->
                        (obstacle == ReplayObstacle.DISABLED) ? this.enabledKey + " is false" : obstacle.text())
                .collect(Collectors.joining(" and "));
    }

    private String remedies(ReplayDecision decision) {
        List<String> remedies = decision.obstacles().stream()
                .sorted()
                .map(this::remedy)
                .filter(Objects::nonNull)
                .toList();
        if (remedies.isEmpty()) {
            return "";
        }
        String all = String.join(" and ", remedies);
        return " " + all.substring(0, 1).toUpperCase(Locale.ROOT) + all.substring(1) + " would have made it safe.";
    }

    private @Nullable String remedy(ReplayObstacle obstacle) {
        return switch (obstacle) {
            case BODY -> "a byte array or a file instead of a stream";
            case METHOD -> article(this.settings.idempotencyHeader()) + this.settings.idempotencyHeader() + " header";
            case DISABLED -> "setting " + this.enabledKey + " to true";
            default -> null;
        };
    }

    /** The letter X begins with a vowel when it is spoken. */
    private static String article(String name) {
        return ("AEIOUX".indexOf(Character.toUpperCase(name.charAt(0))) >= 0) ? "an " : "a ";
    }
}
