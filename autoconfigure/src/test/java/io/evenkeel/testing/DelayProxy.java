// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A TCP proxy at 127.0.0.1 that makes the way to a server longer: bytes, FIN and RST arrive later by a fixed delay, in
 * each direction and in order. Bandwidth is not bounded. Establishing a TCP connection is not delayed, since the kernel
 * accepts it. A peer that has gone while bytes were under way to it resets the sender, as late as everything else.
 *
 * <pre>{@code
 * try (DelayProxy proxy = DelayProxy.to(server.port(), Duration.ofMillis(20))) {
 *     client.get("http://127.0.0.1:" + proxy.port() + "/"); // takes 40 ms at least
 * }
 * }</pre>
 */
public final class DelayProxy implements AutoCloseable {

    private static final Duration JOIN_LIMIT = Duration.ofSeconds(5);

    // Bounds what is under way, so that a peer that does not read is noticed by the sender.
    private static final int CHUNKS_UNDER_WAY = 1024;

    private static final int BACKLOG = 200;

    private final int target;

    private final Duration delay;

    private final ServerSocket listener;

    private final AtomicInteger accepted = new AtomicInteger();

    private final AtomicLong toServer = new AtomicLong();

    private final AtomicLong toClient = new AtomicLong();

    private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();

    private final Set<Thread> threads = ConcurrentHashMap.newKeySet();

    private final Thread acceptor;

    private DelayProxy(int target, Duration delay, ServerSocket listener) {
        this.target = target;
        this.delay = delay;
        this.listener = listener;
        this.acceptor = thread("accept", this::acceptAll);
    }

    /** Starts a proxy to a port of this machine; a round trip takes at least twice the delay. */
    public static DelayProxy to(int port, Duration delay) {
        try {
            DelayProxy proxy =
                    new DelayProxy(port, delay, new ServerSocket(0, BACKLOG, InetAddress.getByName("127.0.0.1")));
            proxy.acceptor.start();
            return proxy;
        } catch (IOException ex) {
            throw new UncheckedIOException("The proxy cannot listen", ex);
        }
    }

    /** {@return the port to connect to} */
    public int port() {
        return this.listener.getLocalPort();
    }

    /** {@return how many connections were accepted} */
    public int connectionsAccepted() {
        return this.accepted.get();
    }

    /** {@return how many bytes were passed on to the server, on all connections} */
    public long bytesToServer() {
        return this.toServer.get();
    }

    /** {@return how many bytes were passed on to the client, on all connections} */
    public long bytesToClient() {
        return this.toClient.get();
    }

    private void acceptAll() {
        while (!this.listener.isClosed()) {
            try {
                Socket client = this.listener.accept();
                this.sockets.add(client);
                connect(client, this.accepted.getAndIncrement());
            } catch (IOException ex) {
                // The listener is closed, which ends the loop, or the client has gone.
            }
        }
    }

    private void connect(Socket client, int number) throws IOException {
        Socket server = new Socket();
        this.sockets.add(server);
        try {
            server.connect(new InetSocketAddress("127.0.0.1", this.target));
            server.setTcpNoDelay(true);
            client.setTcpNoDelay(true);
        } catch (IOException ex) {
            // A refused connection cannot be passed on, since ours is accepted already: a reset is the nearest thing.
            reset(client);
            forget(client, server);
            return;
        }
        AtomicInteger open = new AtomicInteger(2);
        pass(number + "-to-server", client, server, this.toServer, open);
        pass(number + "-to-client", server, client, this.toClient, open);
    }

    private void forget(Socket one, Socket other) throws IOException {
        this.sockets.remove(one);
        this.sockets.remove(other);
        one.close();
        other.close();
    }

    private void pass(String name, Socket from, Socket to, AtomicLong count, AtomicInteger open) {
        BlockingQueue<Parcel> way = new LinkedBlockingQueue<>(CHUNKS_UNDER_WAY);
        start(name + "-read", () -> read(from, way));
        start(name + "-write", () -> write(way, from, to, count, open));
    }

    /** What is under way: bytes, or the end of the stream. */
    private record Parcel(Kind kind, byte[] bytes, long sent) {

        private enum Kind {
            BYTES,
            FIN,
            RST
        }
    }

    private static void read(Socket from, BlockingQueue<Parcel> way) {
        try {
            Parcel last;
            try {
                InputStream in = from.getInputStream();
                byte[] buffer = new byte[16 * 1024];
                int length = in.read(buffer);
                while (length >= 0) {
                    way.put(new Parcel(Parcel.Kind.BYTES, Arrays.copyOf(buffer, length), System.nanoTime()));
                    length = in.read(buffer);
                }
                last = new Parcel(Parcel.Kind.FIN, new byte[0], System.nanoTime());
            } catch (IOException ex) {
                last = new Parcel(Parcel.Kind.RST, new byte[0], System.nanoTime());
            }
            way.put(last);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void write(BlockingQueue<Parcel> way, Socket from, Socket to, AtomicLong count, AtomicInteger open) {
        try {
            try {
                deliver(way, from, to, count);
            } catch (IOException ex) {
                // The receiver has gone. Its own direction may have ended long ago and cannot tell the sender.
                await(System.nanoTime());
                reset(from);
            } finally {
                if (open.decrementAndGet() == 0) {
                    forget(from, to);
                }
            }
        } catch (IOException ex) {
            // The sender has gone, too.
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void deliver(BlockingQueue<Parcel> way, Socket from, Socket to, AtomicLong count)
            throws IOException, InterruptedException {
        Parcel parcel = await(way);
        while (parcel.kind() == Parcel.Kind.BYTES) {
            to.getOutputStream().write(parcel.bytes());
            count.addAndGet(parcel.bytes().length);
            parcel = await(way);
        }
        if (parcel.kind() == Parcel.Kind.RST) {
            reset(to);
            from.close();
        } else {
            to.shutdownOutput();
        }
    }

    private Parcel await(BlockingQueue<Parcel> way) throws InterruptedException {
        Parcel parcel = way.take();
        await(parcel.sent());
        return parcel;
    }

    private void await(long sent) throws InterruptedException {
        long left = sent + this.delay.toNanos() - System.nanoTime();
        // Not a sleep: on JDK 17 that is rounded to milliseconds, twice the delay of a round trip of one.
        while (left > 0) {
            LockSupport.parkNanos(left);
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            left = sent + this.delay.toNanos() - System.nanoTime();
        }
    }

    private static void reset(Socket socket) throws IOException {
        if (!socket.isClosed()) {
            socket.setSoLinger(true, 0);
            socket.close();
        }
    }

    private void start(String name, Runnable work) {
        Thread thread = thread(name, () -> {
            try {
                work.run();
            } finally {
                this.threads.remove(Thread.currentThread());
            }
        });
        this.threads.add(thread);
        thread.start();
    }

    private Thread thread(String name, Runnable work) {
        Thread thread = new Thread(work, "delay-proxy-" + port() + "-" + name);
        thread.setDaemon(true);
        return thread;
    }

    /** Closes everything and waits for its threads. */
    @Override
    public void close() {
        try {
            this.listener.close();
            join(this.acceptor);
            for (Socket socket : this.sockets) {
                socket.close();
            }
            for (Thread thread : this.threads) {
                thread.interrupt();
                join(thread);
            }
        } catch (IOException ex) {
            throw new UncheckedIOException("The proxy cannot be closed", ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted while closing the proxy", ex);
        }
    }

    private static void join(Thread thread) throws InterruptedException {
        thread.join(JOIN_LIMIT.toMillis());
        if (thread.isAlive()) {
            throw new IllegalStateException(thread.getName() + " does not end");
        }
    }
}
