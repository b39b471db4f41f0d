// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.http1;

import io.evenkeel.error.BadResponseException.Reason;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.transport.exec.BadResponses;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * What a connection says of a response that is none. It knows neither client nor route; {@link BadResponses} adds them.
 * Messages tell what is wrong and never quote the response, which may hold secrets.
 */
public final class UnacceptableResponseException extends IOException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;
    private final Sent sent;
    private final @Nullable String limitKey;

    private UnacceptableResponseException(Reason reason, Sent sent, String what, @Nullable String limitKey) {
        super(what);
        this.reason = reason;
        this.sent = sent;
        this.limitKey = limitKey;
    }

    /** @param what where it ended, as in "its head ended after 3 bytes" */
    public static UnacceptableResponseException truncated(String what) {
        return new UnacceptableResponseException(Reason.TRUNCATED, Sent.YES, what, null);
    }

    /** @param what which rule it breaks, as in "its Content-Length is not a number" */
    public static UnacceptableResponseException malformed(String what) {
        return new UnacceptableResponseException(Reason.MALFORMED, Sent.YES, what, null);
    }

    /** @param cause says which rule it breaks */
    public static UnacceptableResponseException malformed(Exception cause) {
        UnacceptableResponseException malformed = malformed(String.valueOf(cause.getMessage()));
        malformed.initCause(cause);
        return malformed;
    }

    /** The server spoke before it was asked. */
    public static UnacceptableResponseException outOfTurn() {
        return new UnacceptableResponseException(
                Reason.MALFORMED, Sent.NO, "the server began to speak before the request was sent", null);
    }

    /**
     * @param what which limit it exceeds, as in "its head has more than 100 header lines"
     * @param limitKey the property of the limit, below the prefix of the client
     */
    public static UnacceptableResponseException tooLarge(String what, String limitKey) {
        return new UnacceptableResponseException(Reason.TOO_LARGE, Sent.YES, what, limitKey);
    }

    /** {@return the same, with more to say} */
    public UnacceptableResponseException withText(String more) {
        UnacceptableResponseException same =
                new UnacceptableResponseException(this.reason, this.sent, getMessage() + more, this.limitKey);
        same.initCause(this);
        return same;
    }

    public Reason reason() {
        return this.reason;
    }

    public Sent sent() {
        return this.sent;
    }

    /** {@return the property whose limit is exceeded, if one is} */
    @Nullable
    public String limitKey() {
        return this.limitKey;
    }
}
