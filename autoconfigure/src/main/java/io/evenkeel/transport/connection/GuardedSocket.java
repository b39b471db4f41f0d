// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.time.Ticker;
import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of a channel, with a deadline for reads, evidence of writes and the exceptions of a socket, which hold below TLS, too. All
 * else is the channel's: a socket has no seam for a stream of one's own other than to be one.
 */
public final class GuardedSocket extends Socket {

    private static final Logger log = LoggerFactory.getLogger(GuardedSocket.class);

    private static final int NONE = -1;

    private final Socket socket;
    private final ReadDeadline deadline;
    private final SentEvidence evidence = new SentEvidence();

    private int unread = NONE;
    private volatile boolean parting;

    // written by the thread that holds the lease
    private volatile @Nullable ChannelWait channelWait;

    private GuardedSocket(Socket socket, ReadDeadline deadline) {
        this.socket = socket;
        this.deadline = deadline;
    }

    public static GuardedSocket open(Ticker ticker) throws IOException {
        return new GuardedSocket(SocketChannel.open().socket(), new ReadDeadline(ticker));
    }

    public ReadDeadline deadline() {
        return this.deadline;
    }

    SentEvidence evidence() {
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
    void neverBlock() {
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
    boolean neverBlocks() {
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
    void unread(byte last) {
        this.unread = last & 0xff;
    }

    /** {@return whether a byte that was given back waits to be read} */
    boolean hasUnread() {
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

    @Override
    public SocketChannel getChannel() {
        return this.socket.getChannel();
    }

    @Override
    public void connect(SocketAddress endpoint) throws IOException {
        this.socket.connect(endpoint);
    }

    @Override
    public void connect(SocketAddress endpoint, int timeout) throws IOException {
        this.socket.connect(endpoint, timeout);
    }

    @Override
    public void bind(SocketAddress bindpoint) throws IOException {
        this.socket.bind(bindpoint);
    }

    @Override
    public InetAddress getInetAddress() {
        return this.socket.getInetAddress();
    }

    @Override
    public InetAddress getLocalAddress() {
        return this.socket.getLocalAddress();
    }

    @Override
    public int getPort() {
        return this.socket.getPort();
    }

    @Override
    public int getLocalPort() {
        return this.socket.getLocalPort();
    }

    @Override
    public SocketAddress getRemoteSocketAddress() {
        return this.socket.getRemoteSocketAddress();
    }

    @Override
    public SocketAddress getLocalSocketAddress() {
        return this.socket.getLocalSocketAddress();
    }

    @Override
    public void setTcpNoDelay(boolean on) throws SocketException {
        this.socket.setTcpNoDelay(on);
    }

    @Override
    public boolean getTcpNoDelay() throws SocketException {
        return this.socket.getTcpNoDelay();
    }

    @Override
    public void setSoLinger(boolean on, int linger) throws SocketException {
        this.socket.setSoLinger(on, linger);
    }

    @Override
    public int getSoLinger() throws SocketException {
        return this.socket.getSoLinger();
    }

    @Override
    public void sendUrgentData(int data) throws IOException {
        this.socket.sendUrgentData(data);
    }

    @Override
    public void setOOBInline(boolean on) throws SocketException {
        this.socket.setOOBInline(on);
    }

    @Override
    public boolean getOOBInline() throws SocketException {
        return this.socket.getOOBInline();
    }

    @Override
    public void setSoTimeout(int timeout) throws SocketException {
        this.socket.setSoTimeout(timeout);
    }

    @Override
    public int getSoTimeout() throws SocketException {
        return this.socket.getSoTimeout();
    }

    @Override
    public void setSendBufferSize(int size) throws SocketException {
        this.socket.setSendBufferSize(size);
    }

    @Override
    public int getSendBufferSize() throws SocketException {
        return this.socket.getSendBufferSize();
    }

    @Override
    public void setReceiveBufferSize(int size) throws SocketException {
        this.socket.setReceiveBufferSize(size);
    }

    @Override
    public int getReceiveBufferSize() throws SocketException {
        return this.socket.getReceiveBufferSize();
    }

    @Override
    public void setKeepAlive(boolean on) throws SocketException {
        this.socket.setKeepAlive(on);
    }

    @Override
    public boolean getKeepAlive() throws SocketException {
        return this.socket.getKeepAlive();
    }

    @Override
    public void setTrafficClass(int trafficClass) throws SocketException {
        this.socket.setTrafficClass(trafficClass);
    }

    @Override
    public int getTrafficClass() throws SocketException {
        return this.socket.getTrafficClass();
    }

    @Override
    public void setReuseAddress(boolean on) throws SocketException {
        this.socket.setReuseAddress(on);
    }

    @Override
    public boolean getReuseAddress() throws SocketException {
        return this.socket.getReuseAddress();
    }

    @Override
    public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
        this.socket.setOption(name, value);
        return this;
    }

    @Override
    public <T> T getOption(SocketOption<T> name) throws IOException {
        return this.socket.getOption(name);
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        return this.socket.supportedOptions();
    }

    @Override
    public void shutdownInput() throws IOException {
        this.socket.shutdownInput();
    }

    @Override
    public void shutdownOutput() throws IOException {
        this.socket.shutdownOutput();
    }

    @Override
    public boolean isInputShutdown() {
        return this.socket.isInputShutdown();
    }

    @Override
    public boolean isOutputShutdown() {
        return this.socket.isOutputShutdown();
    }

    @Override
    public boolean isConnected() {
        return this.socket.isConnected();
    }

    @Override
    public boolean isBound() {
        return this.socket.isBound();
    }

    @Override
    public boolean isClosed() {
        return this.socket.isClosed();
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

    @Override
    public String toString() {
        return this.socket.toString();
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
                writeWithoutWaiting(buffer, offset, length);
                return;
            }
            GuardedSocket.this.evidence.trying(length);
            ChannelWait wait = GuardedSocket.this.channelWait;
            try {
                if (wait != null) {
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
