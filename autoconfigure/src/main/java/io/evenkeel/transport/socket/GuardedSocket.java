// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import io.evenkeel.time.Ticker;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of a channel, with a deadline for reads, evidence of writes and the exceptions of a socket, which hold below TLS, too.
 */
public final class GuardedSocket extends DelegatingSocket {

    private static final Logger log = LoggerFactory.getLogger(GuardedSocket.class);

    private static final int NONE = -1;

    private final Socket socket;
    private final ReadDeadline deadline;
    private final SentEvidence evidence = new SentEvidence();
    private final Outbox outbox;

    private int unread = NONE;
    private volatile boolean parting;

    // written by the thread that holds the lease
    private volatile @Nullable ChannelWait channelWait;

    private GuardedSocket(Socket socket, ReadDeadline deadline) {
        super(socket);
        this.socket = socket;
        this.deadline = deadline;
        this.outbox = new Outbox(socket.getChannel(), this::neverBlocks);
    }

    public static GuardedSocket open(Ticker ticker) throws IOException {
        return new GuardedSocket(SocketChannel.open().socket(), new ReadDeadline(ticker));
    }

    public ReadDeadline deadline() {
        return this.deadline;
    }

    /** {@return what is written to it without waiting} */
    public Outbox outbox() {
        return this.outbox;
    }

    /** {@return whether bytes of the peer wait} Asked while the outbox is in use. */
    public boolean hasInput() throws IOException {
        if (!hasUnread()) {
            try {
                this.unread = this.outbox.look();
            } catch (IOException ex) {
                throw ChannelFailures.ofSocket(ex);
            }
        }
        return hasUnread();
    }

    public SentEvidence evidence() {
        return this.evidence;
    }

    /**
     * What is written from now on is a goodbye: it is tried once, and nobody waits until the peer has room for it. Who says
     * it may be the one thread that looks after all connections.
     */
    public void parting() {
        this.parting = true;
    }

    /**
     * Saves the changes of the channel's mode. Called when it is used again: connections that are used once gain nothing.
     */
    public void neverBlock() {
        if (NonBlockingForGood.isPossible()) {
            NonBlockingForGood.make(this.socket.getChannel());
        } else {
            useChannelWait();
        }
    }

    /** Called by the thread that holds the lease. */
    void useChannelWait() {
        SocketChannel channel = this.socket.getChannel();
        try {
            ChannelWait made = ChannelWait.open(channel);
            this.channelWait = made;
            if (!channel.isOpen()) {
                made.close();
            }
        } catch (IOException ex) {
            // It works without, be it that there are too few descriptors or that it was closed meanwhile.
            log.debug("No selector for a connection: {}", ex.toString());
        }
    }

    /** {@return whether the channel is not to be put into blocking mode} */
    public boolean neverBlocks() {
        return this.channelWait != null;
    }

    private void writeWithoutWaiting(byte[] buffer, int offset, int length) throws IOException {
        SocketChannel channel = this.socket.getChannel();
        if (neverBlocks()) {
            channel.write(ByteBuffer.wrap(buffer, offset, length));
            return;
        }
        channel.configureBlocking(false);
        try {
            channel.write(ByteBuffer.wrap(buffer, offset, length));
        } finally {
            channel.configureBlocking(true);
        }
    }

    /** Gives back the byte that was read last, past this socket. */
    public void unread(byte last) {
        this.unread = last & 0xff;
    }

    /** {@return whether a byte that was given back waits to be read} */
    public boolean hasUnread() {
        return this.unread != NONE;
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new DeadlineStream(this.socket.getInputStream());
    }

    @Override
    public OutputStream getOutputStream() throws IOException {
        return new EvidenceStream(this.socket.getOutputStream());
    }

    // The superclass closes under a monitor; the channel needs none.
    @Override
    @SuppressWarnings("UnsynchronizedOverridesSynchronized")
    public void close() throws IOException {
        try {
            closeWait();
            endOutput();
        } finally {
            this.socket.close();
            // It may have been made meanwhile.
            closeWait();
        }
    }

    private void closeWait() throws IOException {
        ChannelWait wait = this.channelWait;
        if (wait != null) {
            wait.close();
        }
    }

    /**
     * Lets the peer know now. Once a selector has watched a channel, the JDK keeps its descriptor until the selector drops its
     * keys, however late that is, and a close would be seen only then. One that resets needs no FIN.
     */
    private void endOutput() {
        try {
            SocketChannel channel = this.socket.getChannel();
            if (channel != null && channel.isRegistered() && this.socket.getSoLinger() < 0) {
                this.socket.shutdownOutput();
            }
        } catch (IOException ex) {
            // It is over already.
        }
    }

    private final class DeadlineStream extends FilterInputStream {

        DeadlineStream(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            int read = read(one, 0, 1);
            return (read < 0) ? read : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            GuardedSocket.this.deadline.check(GuardedSocket.this.socket);
            GuardedSocket.this.outbox.deactivate();
            int unread = GuardedSocket.this.unread;
            if (unread != NONE && length > 0) {
                GuardedSocket.this.unread = NONE;
                buffer[offset] = (byte) unread;
                return 1;
            }
            ChannelWait wait = GuardedSocket.this.channelWait;
            try {
                return (wait != null)
                        ? wait.read(buffer, offset, length, GuardedSocket.this.socket.getSoTimeout())
                        : this.in.read(buffer, offset, length);
            } catch (IOException ex) {
                throw ChannelFailures.ofSocket(ex);
            }
        }

        @Override
        public int available() throws IOException {
            try {
                return super.available();
            } catch (IOException ex) {
                throw ChannelFailures.ofSocket(ex);
            }
        }
    }

    private final class EvidenceStream extends FilterOutputStream {

        EvidenceStream(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int one) throws IOException {
            write(new byte[] {(byte) one}, 0, 1);
        }

        @Override
        public void write(byte[] buffer, int offset, int length) throws IOException {
            if (GuardedSocket.this.parting) {
                // In the middle of a request a goodbye would be taken for a part of it.
                if (!GuardedSocket.this.outbox.hasPending()) {
                    writeWithoutWaiting(buffer, offset, length);
                }
                return;
            }
            GuardedSocket.this.evidence.trying(length);
            ChannelWait wait = GuardedSocket.this.channelWait;
            try {
                if (GuardedSocket.this.outbox.isActive() || GuardedSocket.this.outbox.hasPending()) {
                    GuardedSocket.this.outbox.write(buffer, offset, length);
                } else if (wait != null) {
                    wait.write(buffer, offset, length);
                } else {
                    this.out.write(buffer, offset, length);
                }
            } catch (IOException ex) {
                throw ChannelFailures.ofSocket(ex);
            }
            GuardedSocket.this.evidence.taken();
        }
    }
}
