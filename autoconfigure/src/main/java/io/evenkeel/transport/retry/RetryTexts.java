// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.retry;

import io.evenkeel.error.ConnectionLostException;
import io.evenkeel.event.RetryDenial;
import io.evenkeel.policy.retry.RetryHistory;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import io.evenkeel.transport.support.SameClass;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** Tells a caller how often a request was tried whose last attempt failed, and why not once more. */
final class RetryTexts {

    private final String keyPrefix;

    RetryTexts(String keyPrefix) {
        this.keyPrefix = keyPrefix;
    }

    /**
     * {@return the failure, if possible of the same class, with what came before it}
     *
     * @param before the retries that the call had for other requests, which led to this one
     */
    IOException explain(IOException failure, RetryHistory history, int before, @Nullable RetryDenial denial) {
        String text = text(history.count() - before, denial);
        IOException explained = text.isEmpty() ? failure : with(text, failure);
        history.suppressIn(explained);
        return explained;
    }

    private String text(int retries, @Nullable RetryDenial denial) {
        String tried = (retries > 0) ? ", tried %d times".formatted(retries + 1) : "";
        if (denial == null || denial == RetryDenial.MAX_RETRIES) {
            return tried;
        }
        String key = switch (denial) {
            case BUDGET -> this.keyPrefix + ".retry.budget";
            case CIRCUIT_OPEN -> this.keyPrefix + ".circuit-breaker";
            default -> null;
        };
        // Who does not send POST requests again need not hear so each time.
        return (tried.isEmpty() && key == null)
                ? ""
                : "%s, not once more as %s%s"
                        .formatted(tried, denial.text(), (key != null) ? " (%s)".formatted(key) : "");
    }

    private static IOException with(String text, IOException failure) {
        if (failure instanceof UnacceptableResponseException unacceptable) {
            return unacceptable.withText(text);
        }
        String message = String.valueOf(failure.getMessage());
        if (failure instanceof ConnectionLostException lost) {
            return new ConnectionLostException(
                    withoutStop(message) + text + ".",
                    lost.client(),
                    lost.route(),
                    lost.elapsed(),
                    lost.sent(),
                    failure);
        }
        IOException same = SameClass.as(failure, withoutStop(message) + text);
        if (same == null) {
            return failure;
        }
        same.initCause(failure);
        return same;
    }

    private static String withoutStop(String message) {
        return message.endsWith(".") ? message.substring(0, message.length() - 1) : message;
    }
}
