// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;

/**
 * A server on one thread that counts its open connections exactly: before it counts a new one it looks at all others,
 * and a client that closed one before it opened the next has been seen to do so. It answers each request after the
 * milliseconds that its path names, {@code /25}; with {@code /25/close} it closes then.
 */
public final class CountingServer implements AutoCloseable {

    private record Due(long at, SocketChannel channel, boolean close) {}

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] LAST =
            "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    private final ServerSocketChannel listener;
    private final Selector selector;
    private final Thread thread;
    private final List<SocketChannel> open = new ArrayList<>();
    private final PriorityQueue<Due> due = new PriorityQueue<>((a, b) -> Long.compare(a.at() - b.at(), 0));
    private volatile boolean closing;
    private volatile int openNow;
    private volatile int mostOpen;
    private volatile int accepted;

    public CountingServer() {
        this("127.0.0.1");
    }

    public CountingServer(String address) {
        try {
            this.selector = Selector.open();
            this.listener = ServerSocketChannel.open();
            this.listener.bind(new InetSocketAddress(address, 0), 500);
            this.listener.configureBlocking(false);
            this.listener.register(this.selector, SelectionKey.OP_ACCEPT);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        this.thread = new Thread(this::run, "counting-server");
        this.thread.setDaemon(true);
        this.thread.start();
    }

    public int port() {
        return this.listener.socket().getLocalPort();
    }

    public URI uri(int delayMillis) {
        return uri("127.0.0.1", Integer.toString(delayMillis));
    }

    public URI uri(String host, String path) {
        return URI.create("http://" + host + ":" + port() + "/" + path);
    }

    public int openNow() {
        return this.openNow;
    }

    public int mostOpen() {
        return this.mostOpen;
    }

    int accepted() {
        return this.accepted;
    }

    private void run() {
        try {
            while (!this.closing) {
                Due next = this.due.peek();
                long wait = (next != null) ? Math.max(1, (next.at() - System.nanoTime()) / 1_000_000) : 1000;
                this.selector.select(wait);
                for (SelectionKey key : this.selector.selectedKeys()) {
                    if (key.isValid() && key.isReadable()) {
                        read((SocketChannel) key.channel());
                    }
                }
                if (this.selector.selectedKeys().stream().anyMatch(key -> key.isValid() && key.isAcceptable())) {
                    accept();
                }
                this.selector.selectedKeys().clear();
                answer();
            }
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel;
        while ((channel = this.listener.accept()) != null) {
            for (SocketChannel other : List.copyOf(this.open)) {
                read(other);
            }
            this.accepted++;
            channel.configureBlocking(false);
            channel.register(this.selector, SelectionKey.OP_READ);
            this.open.add(channel);
            // It may have been given up before it was accepted.
            read(channel);
            this.openNow = this.open.size();
            this.mostOpen = Math.max(this.mostOpen, this.openNow);
        }
    }

    private void read(SocketChannel channel) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        int read;
        try {
            read = channel.read(buffer);
        } catch (IOException ex) {
            read = -1;
        }
        if (read < 0) {
            end(channel);
        } else if (read > 0) {
            // A head without a body fits into one segment on loopback.
            String[] path = new String(buffer.array(), 0, read, StandardCharsets.US_ASCII).split(" ")[1].split("/");
            long at = System.nanoTime() + Long.parseLong(path[1]) * 1_000_000;
            this.due.add(new Due(at, channel, path.length > 2));
        }
    }

    private void answer() throws IOException {
        Due next;
        while ((next = this.due.peek()) != null && next.at() - System.nanoTime() <= 0) {
            this.due.poll();
            try {
                next.channel().write(ByteBuffer.wrap(next.close() ? LAST : ANSWER));
            } catch (IOException ex) {
                end(next.channel());
            }
        }
    }

    private void end(SocketChannel channel) throws IOException {
        channel.close();
        this.open.remove(channel);
        this.openNow = this.open.size();
    }

    @Override
    public void close() throws Exception {
        this.closing = true;
        this.selector.wakeup();
        this.thread.join(30_000);
        for (SocketChannel channel : this.open) {
            channel.close();
        }
        this.listener.close();
        this.selector.close();
    }
}
