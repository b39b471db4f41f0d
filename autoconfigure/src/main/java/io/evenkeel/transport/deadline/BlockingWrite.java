// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A write that blocks for as long as the peer likes, and is ended with its socket. Thread-safe. */
public final class BlockingWrite extends Expiring<Socket> {

    private static final Logger log = LoggerFactory.getLogger(BlockingWrite.class);

    private final CallTimer timer;
    private final AtomicReference<State> state = new AtomicReference<>(State.RUNNING);

    private enum State {
        RUNNING,
        RETURNED,
        EXPIRED
    }

    BlockingWrite(Socket socket, CallTimer timer, long endsAt) {
        super(socket, endsAt);
        this.timer = timer;
    }

    /** The write returned, or failed. {@return whether that was in time; if not, its socket is closed} */
    public boolean end() {
        this.timer.remove(this);
        return this.state.compareAndSet(State.RUNNING, State.RETURNED);
    }

    @Override
    void expire() {
        Socket socket = get();
        if (socket == null || !this.state.compareAndSet(State.RUNNING, State.EXPIRED)) {
            return;
        }
        try {
            socket.close();
        } catch (IOException ex) {
            log.debug("A socket that was written to for too long could not be closed: {}", ex.toString());
        }
    }
}
