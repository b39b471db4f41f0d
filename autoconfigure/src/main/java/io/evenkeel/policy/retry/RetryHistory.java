// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import io.evenkeel.policy.retry.FailedAttempt.Cause;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What became of the attempts of one call, across its redirects and challenges. Used by the thread of the call. */
public final class RetryHistory {

    private final List<Exception> failures = new ArrayList<>();
    private int retries;
    private @Nullable Exception lastFailure;
    private int lastStatus;
    private boolean timedOut;
    private boolean retrying;

    /** @param failure if there was no response */
    public void failed(FailedAttempt attempt, @Nullable Exception failure) {
        this.timedOut |= attempt.cause() == Cause.TIMED_OUT;
        this.lastFailure = failure;
        this.lastStatus = attempt.status();
        if (failure != null) {
            this.failures.add(failure);
        }
    }

    /** Another attempt begins. */
    public void retries() {
        this.retries++;
        this.retrying = true;
    }

    /** {@return whether the next request on a wire is a retry} Asked by each: what follows it is a new request. */
    public boolean takeRetrying() {
        boolean taken = this.retrying;
        this.retrying = false;
        return taken;
    }

    /** {@return the retries that were begun} */
    public int count() {
        return this.retries;
    }

    /** {@return what the last attempt failed of, null if it had a response} */
    public @Nullable Exception lastFailure() {
        return this.lastFailure;
    }

    /** {@return the status of the last attempt, 0 if it had no response} */
    public int lastStatus() {
        return this.lastStatus;
    }

    /** {@return whether one of the attempts ended by the read timeout} */
    boolean hasTimedOut() {
        return this.timedOut;
    }

    /** Adds what the earlier attempts failed of to what the last one did. */
    public void suppressIn(Exception last) {
        for (Exception earlier : this.failures) {
            if (earlier != last) {
                last.addSuppressed(earlier);
            }
        }
        this.failures.clear();
    }
}
