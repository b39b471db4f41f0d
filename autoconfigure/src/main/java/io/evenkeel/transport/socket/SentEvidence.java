// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

/**
 * Proves that nothing of a request left. It is asked at the socket itself, below TLS: one write above may be several
 * records, and may fail in what follows it, such as a key update.
 *
 * <p>A kernel takes a small write into an empty send buffer whole or not at all: it looks for a reset before it takes
 * the first byte, and has to let go of the socket only when the buffer is full. So if the first write of a request fails
 * and is small, nothing of it was taken. The buffer is empty if the request before was small, too, and was answered.
 *
 * <p>Used by one thread at a time, as its connection is.
 */
public final class SentEvidence {

    /** A buffer of 8 KiB, and what TLS adds to it; a fraction of the smallest send buffer. */
    private static final int SMALL = 9 * 1024;

    private long before;
    private long tried;
    private boolean taken;

    /** A request begins. */
    public void begin() {
        this.before = this.tried;
        this.tried = 0;
        this.taken = false;
    }

    /** So many bytes are given to the socket. */
    void trying(int bytes) {
        this.tried += bytes;
    }

    /** The socket took them all. */
    void taken() {
        this.taken = true;
    }

    /** {@return whether it is proven that the socket took nothing since the request began} */
    public boolean nothingSent() {
        return !this.taken && this.tried <= SMALL && this.before <= SMALL;
    }
}
