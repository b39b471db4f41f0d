// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.Outbox;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The writing of one request that is too large for the kernel to take at once: with an end if the peer takes nothing, and with an eye
 * on what it answers meanwhile. What is small is written as it is. Used by the thread that holds the lease.
 */
final class Upload {

    /** A kernel takes that into an empty send buffer; the smallest has 16 KiB, and some of it for itself. */
    private static final int SMALL = 8 * 1024;

    /** So much is written between two looks. */
    private static final int PIECE = 64 * 1024;

    /** A body that is produced slowly is looked behind more often. */
    private static final long LOOK_EVERY = TimeUnit.MILLISECONDS.toNanos(100);

    private final Ticker ticker;
    private final Sending sending;
    private final Answers answers;

    private Duration limit = Duration.ZERO;
    private @Nullable GuardedSocket socket;
    private int small;
    private boolean answered;
    private boolean unread;
    private long written;
    private long unlooked;
    private long lookedAt;

    /**
     * @param sending hears what ends the writing
     * @param answers hears that the peer has sent something
     */
    Upload(Ticker ticker, Sending sending, Answers answers) {
        this.ticker = ticker;
        this.sending = sending;
        this.answers = answers;
    }

    /**
     * A request begins.
     *
     * @param limit for the peer to take a byte, zero for none
     * @param socket of the connection, if it is one of ours
     */
    void begin(Duration limit, @Nullable GuardedSocket socket) {
        this.limit = limit;
        this.socket = socket;
        this.small = this.unread ? 0 : SMALL;
        this.answered = false;
        this.unread = false;
        this.written = 0;
        this.unlooked = 0;
        this.lookedAt = this.ticker.nanoTime();
    }

    /** The final response is there: what comes now is its body, or nothing that belongs to this request. */
    void answered() {
        this.answered = true;
    }

    /** {@return whether the final response is there} */
    boolean isAnswered() {
        return this.answered;
    }

    /** The request is written. */
    void end() throws IOException {
        if (this.socket != null) {
            this.socket.outbox().deactivate();
        }
    }

    void write(OutputStream out, byte[] buffer, int offset, int length) throws IOException {
        GuardedSocket guarded = this.socket;
        if (guarded == null || this.written + length <= this.small) {
            out.write(buffer, offset, length);
            this.written += length;
            return;
        }
        Outbox outbox = guarded.outbox();
        int end = offset + length;
        for (int at = offset; at < end; ) {
            int piece = Math.min(PIECE, end - at);
            if (this.unlooked >= PIECE) {
                look(guarded, this.ticker.nanoTime());
            }
            lookIfTime();
            outbox.activate();
            out.write(buffer, at, piece);
            awaitTaken(guarded, outbox);
            at += piece;
            this.written += piece;
            this.unlooked += piece;
        }
        // Who has answered may not have read all of that when the next request comes.
        this.unread = this.answered;
    }

    /** Looks if that was long ago and a part of the request has left. Who produces a body slowly fills no buffer for seconds. */
    void lookIfTime() throws IOException {
        GuardedSocket guarded = this.socket;
        if (guarded != null && this.written > 0) {
            long now = this.ticker.nanoTime();
            if (now - this.lookedAt >= LOOK_EVERY) {
                look(guarded, now);
            }
        }
    }

    private void look(GuardedSocket guarded, long now) throws IOException {
        this.unlooked = 0;
        this.lookedAt = now;
        if (this.answered) {
            return;
        }
        try {
            // From here on nothing is written without a look at what the kernel takes of it.
            this.small = 0;
            guarded.outbox().activate();
            if (guarded.hasInput()) {
                this.answers.arrive();
            }
        } catch (IOException ex) {
            this.sending.failed(ex);
            throw ex;
        }
    }

    private void awaitTaken(GuardedSocket guarded, Outbox outbox) throws IOException {
        if (!outbox.hasPending()) {
            return;
        }
        long since = this.ticker.nanoTime();
        while (true) {
            outbox.activate();
            boolean taken = outbox.writePending() > 0;
            if (!outbox.hasPending()) {
                return;
            }
            long now = this.ticker.nanoTime();
            if (taken) {
                since = now;
            }
            requireProgress(now - since);
            look(guarded, now);
            outbox.await(now - since);
        }
    }

    private void requireProgress(long nanos) throws StalledUploadException {
        if (!this.limit.isZero() && nanos >= this.limit.toNanos()) {
            throw new StalledUploadException(this.written, this.limit);
        }
    }

    /** Hears that the peer has sent something while a request is written. */
    @FunctionalInterface
    interface Answers {

        /** @throws IOException if nothing more is to be written */
        void arrive() throws IOException;
    }
}
