// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.transport.socket.ChannelProbe;
import io.evenkeel.transport.socket.GuardedSocket;
import io.evenkeel.transport.socket.Liveness;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a connection that nobody reads from, without a byte of a response being lost and without waiting.
 *
 * <p>Sockets without a channel (SOCKS, Unix domain, a user's own dialing) are looked at by a read of one millisecond.
 */
public final class LivenessProbe {

    private static final int SLOW_PROBE_MILLIS = 1;

    private static final Timeout SLOW_PROBE_LIMIT = Timeout.ofMilliseconds(5);

    private final Supplier<@Nullable GuardedSocketHolder> sockets;
    private final BooleanSupplier buffered;

    /** What a look takes away. */
    private final ByteBuffer taken = ByteBuffer.allocate(1);

    /**
     * @param sockets of the connection, {@code null} once it is closed
     * @param buffered whether bytes wait that HttpCore has read already
     */
    LivenessProbe(Supplier<@Nullable GuardedSocketHolder> sockets, BooleanSupplier buffered) {
        this.sockets = sockets;
        this.buffered = buffered;
    }

    /** {@return what is to be seen} Called by one thread at a time. */
    Liveness look() {
        GuardedSocketHolder holder = this.sockets.get();
        if (holder == null) {
            return Liveness.EOF;
        }
        try {
            if (hasLeftover()) {
                return Liveness.UNSOLICITED;
            }
            SocketChannel channel = holder.channel();
            return (channel != null) ? look(holder, channel) : lookSlowly(holder);
        } catch (ClosedChannelException ex) {
            return Liveness.EOF;
        } catch (IOException ex) {
            return Liveness.RESET;
        }
    }

    /**
     * What arrives on an idle connection cannot be the response to a later request (RFC 9112, section 9.2), so that nothing is
     * lost with a byte that is taken away. With TLS it need not be a response at all: some servers send their session tickets
     * behind the first one (Jetty, 2 ms later), and a goodbye is a record, too. There TLS itself has to tell.
     */
    private Liveness look(GuardedSocketHolder holder, SocketChannel channel) throws IOException {
        GuardedSocket guarded = holder.guarded();
        if (holder.getSSLSocket() == null || guarded == null) {
            return ChannelProbe.look(channel, this.taken.clear());
        }
        // What an earlier look gave back may not have been read yet, if the machine paused: it comes before all else.
        if (!guarded.hasUnread()) {
            Liveness liveness = ChannelProbe.look(channel, this.taken.clear());
            if (liveness != Liveness.UNSOLICITED) {
                return liveness;
            }
            guarded.unread(this.taken.get(0));
        }
        return lookSlowly(holder);
    }

    /** Any byte that is read here is one too many, so nothing is lost with it. */
    private static Liveness lookSlowly(GuardedSocketHolder holder) throws IOException {
        Socket socket = holder.getSocket();
        InputStream in = holder.input();
        int timeout = socket.getSoTimeout();
        socket.setSoTimeout(SLOW_PROBE_MILLIS);
        // One read of TLS is many of the socket.
        holder.beginDeadline(SLOW_PROBE_LIMIT);
        try {
            return (in.read() < 0) ? Liveness.EOF : Liveness.UNSOLICITED;
        } catch (SocketTimeoutException ex) {
            return Liveness.ALIVE;
        } finally {
            holder.endDeadline();
            socket.setSoTimeout(timeout);
        }
    }

    /** {@return whether bytes of the peer are left over in memory, without any I/O} */
    public boolean hasLeftover() {
        GuardedSocketHolder holder = this.sockets.get();
        try {
            return holder != null && (this.buffered.getAsBoolean() || holder.decrypted() > 0);
        } catch (IOException ex) {
            return true;
        }
    }

    /** {@return whether a thread reads from it, which nobody does from a connection that is given back} */
    public boolean isBeingRead() {
        GuardedSocketHolder holder = this.sockets.get();
        try {
            return holder != null && holder.input().isReading();
        } catch (IOException ex) {
            return false;
        }
    }

    /**
     * {@return whether bytes wait on a new connection} What is buffered came behind the response of a proxy to CONNECT, before
     * there was TLS: read on, it would be the server's response, in the words of whoever sits in between. What waits in a
     * socket with TLS may be session tickets, which are no response.
     */
    boolean speaksOutOfTurn() throws IOException {
        GuardedSocketHolder holder = this.sockets.get();
        return holder != null
                && (this.buffered.getAsBoolean()
                        || (holder.getSSLSocket() == null && holder.input().available() > 0));
    }
}
