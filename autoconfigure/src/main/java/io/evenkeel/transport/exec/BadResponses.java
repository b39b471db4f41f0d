// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.BadResponseException.Reason;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import io.evenkeel.transport.support.Interrupts;
import io.evenkeel.transport.support.Origins;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/** Tells the callers of one client what was wrong with a response. Thread-safe. */
public final class BadResponses {

    private final String client;
    private final String keyPrefix;
    private final Ticker ticker;

    public BadResponses(String client, String keyPrefix, Ticker ticker) {
        this.client = client;
        this.keyPrefix = keyPrefix;
        this.ticker = ticker;
    }

    public long now() {
        return this.ticker.nanoTime();
    }

    /**
     * Translates what a call failed of before its response was handed out.
     *
     * @param since when the call began
     * @return what the caller is to see of it, which is the failure itself unless the response is to blame
     */
    IOException ofCall(IOException failure, HttpRoute route, long since) {
        return (failure instanceof UnacceptableResponseException bad)
                ? of(bad, route, since)
                : Interrupts.translate(failure);
    }

    /** Translates what the reading of a body failed of, below its decompression. */
    IOException ofBody(IOException failure, HttpRoute route, long since) {
        if (failure instanceof ConnectionClosedException) {
            String what = "its body ended early (%s)".formatted(failure.getMessage());
            return make(Reason.TRUNCATED, Sent.YES, what, null, route, since, failure);
        }
        return ofCall(failure, route, since);
    }

    /** Translates what the decompression of a body failed of. */
    public IOException ofContent(IOException failure, HttpRoute route, long since) {
        return (failure instanceof EOFException)
                ? make(Reason.TRUNCATED, Sent.YES, "its compressed content ends early", null, route, since, failure)
                : make(
                        Reason.MALFORMED,
                        Sent.YES,
                        "its content cannot be decompressed (%s)".formatted(failure.getMessage()),
                        null,
                        route,
                        since,
                        failure);
    }

    /**
     * Translates that no decompression was found for a body.
     *
     * @param coding its name, for messages
     */
    public IOException ofCoding(String coding, HttpRoute route, long since) {
        String what = ("its Content-Encoding %s is not among those that the client can decode (with "
                        + "%s.unknown-content-encoding: pass it is handed out as it is)")
                .formatted(coding, this.keyPrefix);
        // HttpClient's own exception repeats what the server sent.
        HttpException cause = new HttpException("No decoder for Content-Encoding " + coding);
        return make(Reason.MALFORMED, Sent.YES, what, null, route, since, cause);
    }

    /** Translates that a body has more codings than anybody means. */
    public IOException ofCodings(HttpException failure, int codings, HttpRoute route, long since) {
        String what = "it has %d Content-Encodings, more than are decoded".formatted(codings);
        return make(Reason.MALFORMED, Sent.YES, what, null, route, since, failure);
    }

    /**
     * Tells that a body is larger than the client accepts.
     *
     * @param what how large it is, and how large it may be
     * @param limitKey the property of the limit, below the prefix of the client
     */
    public IOException ofSize(String what, String limitKey, HttpRoute route, long since) {
        return of(UnacceptableResponseException.tooLarge(what, limitKey), route, since);
    }

    private BadResponseException of(UnacceptableResponseException bad, HttpRoute route, long since) {
        return make(bad.reason(), bad.sent(), String.valueOf(bad.getMessage()), bad.limitKey(), route, since, bad);
    }

    private BadResponseException make(
            Reason reason,
            Sent sent,
            String what,
            @Nullable String limitKey,
            HttpRoute route,
            long since,
            Exception cause) {
        String origin = Origins.of(route);
        String proxy = (route.getProxyHost() != null) ? " through proxy " + route.getProxyHost() : "";
        String verdict = switch (reason) {
            case TRUNCATED -> "is cut off";
            case MALFORMED -> "is malformed";
            case TOO_LARGE -> "is too large";
        };
        String remedy = (limitKey != null)
                ? " Raise %s.%s if the server is meant to send that much.".formatted(this.keyPrefix, limitKey)
                : "";
        String message = "The response of %s%s to client '%s' %s: %s.%s"
                .formatted(origin, proxy, this.client, verdict, what, remedy);
        return new BadResponseException(
                message, this.client, origin, reason, sent, Duration.ofNanos(now() - since), cause);
    }
}
