// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import java.io.IOException;
import java.net.Socket;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A write that blocks for as long as the peer likes, and is ended with its socket. Thread-safe. */
public final class BlockingWrite extends Expiring implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BlockingWrite.class);

    private final Socket socket;
    private final CallTimer timer;
    private final long endsAt;
    private volatile boolean expired;

    BlockingWrite(Socket socket, CallTimer timer, long endsAt) {
        this.socket = socket;
        this.timer = timer;
        this.endsAt = endsAt;
    }

    /** {@return whether it was ended} */
    public boolean hasExpired() {
        return this.expired;
    }

    /** The write returned. */
    @Override
    public void close() {
        this.timer.remove(this);
    }

    @Override
    long endsAt() {
        return this.endsAt;
    }

    @Override
    void expire() {
        this.expired = true;
        try {
            this.socket.close();
        } catch (IOException ex) {
            log.debug("A socket that was written to for too long could not be closed: {}", ex.toString());
        }
    }
}
