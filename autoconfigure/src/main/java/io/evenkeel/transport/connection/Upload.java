// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.time.Ticker;
import io.evenkeel.transport.deadline.BlockingWrite;
import io.evenkeel.transport.deadline.WriteLimit;
import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.Outbox;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
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

    private @Nullable WriteLimit limit;
    private @Nullable Socket base;
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
     * @param limit for the peer to take a byte
     * @param base socket of the connection, below TLS
     */
    void begin(WriteLimit limit, @Nullable Socket base) {
        this.limit = limit;
        this.base = base;
        this.socket = (base instanceof GuardedSocket guarded) ? guarded : null;
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
        if (this.limit == null || this.base == null || this.written + length <= this.small) {
            out.write(buffer, offset, length);
            this.written += length;
            return;
        }
        int end = offset + length;
        for (int at = offset; at < end; ) {
            int piece = Math.min(PIECE, end - at);
            if (this.unlooked >= PIECE) {
                look(this.ticker.nanoTime());
            }
            lookIfTime();
            writePiece(out, buffer, at, piece, this.limit, this.base);
            at += piece;
            this.written += piece;
            this.unlooked += piece;
        }
        // Who has answered may not have read all of that when the next request comes.
        this.unread = this.answered;
    }

    private void writePiece(OutputStream out, byte[] buffer, int offset, int length, WriteLimit limit, Socket base)
            throws IOException {
        if (this.socket != null) {
            this.socket.outbox().activate();
            out.write(buffer, offset, length);
            awaitTaken(this.socket.outbox(), limit);
            return;
        }
        BlockingWrite write = limit.begin(base);
        IOException failure = null;
        boolean inTime;
        try {
            out.write(buffer, offset, length);
        } catch (IOException ex) {
            failure = ex;
        } finally {
            inTime = write == null || write.end();
        }
        if (!inTime) {
            throw stalled(limit, "no piece of %d bytes".formatted(length), failure);
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Looks if that was long ago and a part of the request has left. Who produces a body slowly fills no buffer for seconds. */
    void lookIfTime() throws IOException {
        if (this.written > 0) {
            long now = this.ticker.nanoTime();
            if (now - this.lookedAt >= LOOK_EVERY) {
                look(now);
            }
        }
    }

    private void look(long now) throws IOException {
        this.unlooked = 0;
        this.lookedAt = now;
        if (this.answered) {
            return;
        }
        try {
            // From here on nothing is written without a look at what the kernel takes of it.
            this.small = 0;
            if (hasInput()) {
                this.answers.arrive();
            }
        } catch (IOException ex) {
            this.sending.failed(ex);
            throw ex;
        }
    }

    private boolean hasInput() throws IOException {
        if (this.socket != null) {
            this.socket.outbox().activate();
            return this.socket.hasInput();
        }
        // The end of what the peer sends is not told so.
        return this.base != null && this.base.getInputStream().available() > 0;
    }

    private void awaitTaken(Outbox outbox, WriteLimit limit) throws IOException {
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
            if (limit.isOver(now - since)) {
                throw stalled(limit, "no byte", null);
            }
            look(now);
            outbox.await(now - since);
        }
    }

    private StalledUploadException stalled(WriteLimit limit, String what, @Nullable IOException cause) {
        return new StalledUploadException(this.written, limit.duration(), what, cause);
    }

    /** Hears that the peer has sent something while a request is written. */
    @FunctionalInterface
    interface Answers {

        /** @throws IOException if nothing more is to be written */
        void arrive() throws IOException;
    }
}
