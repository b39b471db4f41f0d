// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.event.CallPhase;
import io.evenkeel.transport.http1.ResponseHeads;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * What comes while a request is written: responses, or with TLS something else. They are handed out when HttpClient asks for
 * them. Used by the thread that holds the lease.
 */
final class EarlyAnswers implements Upload.Answers {

    /** One read of TLS is many of the socket. */
    private static final Timeout LOOK_LIMIT = Timeout.ofMilliseconds(5);

    private final Http1Connection connection;
    private final Deque<ClassicHttpResponse> waiting = new ArrayDeque<>();

    EarlyAnswers(Http1Connection connection) {
        this.connection = connection;
    }

    void clear() {
        this.waiting.clear();
    }

    @Nullable
    ClassicHttpResponse poll() {
        return this.waiting.poll();
    }

    /**
     * With an error, or a response behind which nothing is read, the peer says that it does not want the rest (RFC 9112, section
     * 9.5); any other says nothing of that, and some servers answer while they read.
     */
    @Override
    public void arrive() throws IOException {
        // Those that came before are not asked for yet.
        Deque<ClassicHttpResponse> came = new ArrayDeque<>(this.waiting);
        this.waiting.clear();
        try {
            while (!this.connection.isAnswered() && isThere()) {
                ClassicHttpResponse response = this.connection.receiveResponseHeader();
                // Behind an interim response the clock goes on, but nobody waits for the next one now.
                this.connection.endDeadline();
                came.add(response);
                if (this.connection.isAnswered()
                        && (response.getCode() >= HttpStatus.SC_CLIENT_ERROR || ResponseHeads.isLast(response))) {
                    throw new AnsweredEarlyException(response.getCode());
                }
            }
        } catch (HttpException ex) {
            throw UnacceptableResponseException.malformed(ex);
        } finally {
            this.waiting.addAll(came);
            this.connection.enter(CallPhase.SENDING);
        }
        if (this.connection.isUnreadable() && !this.connection.isAnswered()) {
            // As if the request had been written first: with TLS 1.2 nothing can be written behind the end.
            throw new NoHttpResponseException("The target server failed to respond");
        }
    }

    /** With TLS, what came may be something else, or the beginning of a record whose end is not there yet. */
    private boolean isThere() throws IOException {
        try {
            this.connection.beginDeadline(LOOK_LIMIT);
            boolean there = this.connection.isDataAvailable(Http1Connection.NO_WAIT);
            this.connection.endDeadline();
            return there;
        } catch (IOException ex) {
            if (!Thread.currentThread().isInterrupted()) {
                throw ex;
            }
            // The look closes the channel then, and what sets its timeout behind it says only that it is closed.
            throw (IOException) new InterruptedIOException("Interrupted in a look for a response").initCause(ex);
        }
    }
}
