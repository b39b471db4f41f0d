// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.testing.TestTls;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLSocket;

/**
 * Compares two ways to notice that a peer has closed an idle connection: registration with a selector, and a look at
 * each connection every 900 ms. Prints the CPU time of the thread that looks, the time until a close is noticed, and
 * what a request costs with each. Not a test: its figures depend on the machine.
 */
public final class WatchMeasurement {

    private static final int CONNECTIONS = Integer.getInteger("connections", 1000);
    private static final int SECONDS = Integer.getInteger("seconds", 5);
    private static final int CLOSES = 200;
    private static final int REQUESTS = 10_000;

    private WatchMeasurement() {}

    /** Prints a table. */
    public static void main(String[] args) throws Exception {
        System.out.println("Java " + System.getProperty("java.version") + ", " + CONNECTIONS + " idle connections");
        for (boolean tls : new boolean[] {false, true}) {
            for (Watch watch : new Watch[] {new BySelector(), new ByProbe()}) {
                idle(tls, watch);
            }
        }
        for (int warmUp = 1; warmUp >= 0; warmUp--) {
            for (Reuse reuse : Reuse.values()) {
                requests(reuse, warmUp == 0);
            }
        }
    }

    /** Connections of this JVM to itself; the far end of each is kept by local port. */
    private static final class Connections implements AutoCloseable {

        private final ServerSocket listener = new ServerSocket(0, 200);
        private final List<SocketChannel> near = new ArrayList<>();
        private final List<Socket> all = new ArrayList<>();
        private final ConcurrentMap<Integer, Socket> far = new ConcurrentHashMap<>();
        private final AtomicInteger ready = new AtomicInteger();

        Connections(boolean tls, int count) throws Exception {
            Thread server = new Thread(() -> accept(tls));
            server.setDaemon(true);
            server.start();
            var context = TestTls.clientContext();
            for (int i = 0; i < count; i++) {
                SocketChannel channel =
                        SocketChannel.open(new InetSocketAddress("127.0.0.1", this.listener.getLocalPort()));
                channel.socket().setTcpNoDelay(true);
                this.near.add(channel);
                if (tls) {
                    SSLSocket socket =
                            (SSLSocket) context.getSocketFactory().createSocket(channel.socket(), "127.0.0.1", 0, true);
                    socket.startHandshake();
                    // What a first answer does: it takes the session tickets off the wire.
                    socket.getInputStream().read();
                    this.all.add(socket);
                }
            }
            while (this.ready.get() < count) {
                Thread.sleep(1);
            }
        }

        private void accept(boolean tls) {
            try {
                var context = TestTls.serverContext(TestTls.Identity.SERVER);
                while (true) {
                    Socket socket = this.listener.accept();
                    socket.setTcpNoDelay(true);
                    Socket kept = socket;
                    if (tls) {
                        SSLSocket secure =
                                (SSLSocket) context.getSocketFactory().createSocket(socket, null, true);
                        secure.setUseClientMode(false);
                        secure.startHandshake();
                        secure.getOutputStream().write('x');
                        kept = secure;
                    }
                    this.far.put(socket.getPort(), kept);
                    this.ready.incrementAndGet();
                }
            } catch (IOException ex) {
                // Closed.
            }
        }

        @Override
        public void close() throws IOException {
            this.listener.close();
            for (Socket socket : this.far.values()) {
                socket.close();
            }
            for (SocketChannel channel : this.near) {
                channel.close();
            }
        }
    }

    /** Looks after idle connections on a thread of its own. */
    private abstract static class Watch {

        final ConcurrentMap<Integer, Long> noticed = new ConcurrentHashMap<>();
        volatile boolean over;

        abstract void run(List<SocketChannel> channels) throws Exception;

        void see(SocketChannel channel) throws IOException {
            int read;
            try {
                read = channel.read(ByteBuffer.allocate(1024));
            } catch (IOException ex) {
                read = -1;
            }
            if (read != 0) {
                this.noticed.putIfAbsent(channel.socket().getLocalPort(), System.nanoTime());
            }
        }
    }

    private static final class BySelector extends Watch {

        @Override
        void run(List<SocketChannel> channels) throws Exception {
            try (Selector selector = Selector.open()) {
                for (SocketChannel channel : channels) {
                    channel.configureBlocking(false);
                    channel.register(selector, SelectionKey.OP_READ);
                }
                while (!this.over) {
                    selector.select(250);
                    for (SelectionKey key : selector.selectedKeys()) {
                        see((SocketChannel) key.channel());
                        key.cancel();
                    }
                    selector.selectedKeys().clear();
                }
            }
        }

        @Override
        public String toString() {
            return "selector      ";
        }
    }

    private static final class ByProbe extends Watch {

        @Override
        void run(List<SocketChannel> channels) throws Exception {
            while (!this.over) {
                long begin = System.nanoTime();
                for (SocketChannel channel : channels) {
                    if (!this.noticed.containsKey(channel.socket().getLocalPort())) {
                        channel.configureBlocking(false);
                        see(channel);
                        channel.configureBlocking(true);
                    }
                }
                Thread.sleep(Math.max(1, 900 - (System.nanoTime() - begin) / 1_000_000));
            }
        }

        @Override
        public String toString() {
            return "probe, 900 ms ";
        }
    }

    private static void idle(boolean tls, Watch watch) throws Exception {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        try (Connections connections = new Connections(tls, CONNECTIONS)) {
            Thread thread = new Thread(() -> {
                try {
                    watch.run(connections.near);
                } catch (Exception ex) {
                    throw new IllegalStateException(ex);
                }
            });
            thread.start();
            Thread.sleep(2000);
            long cpu = threads.getThreadCpuTime(thread.getId());
            Thread.sleep(SECONDS * 1000L);
            double perSecond = (threads.getThreadCpuTime(thread.getId()) - cpu) / 1e6 / SECONDS;
            long[] delays = closes(connections, watch);
            watch.over = true;
            thread.join();
            System.out.printf(
                    "%s %s  CPU %6.3f ms/s (%.3f %% of a core)   noticed after: median %.2f ms, most %.2f ms%n",
                    tls ? "TLS  " : "plain",
                    watch,
                    perSecond,
                    perSecond / 10,
                    delays[delays.length / 2] / 1e6,
                    delays[delays.length - 1] / 1e6);
        }
    }

    private static long[] closes(Connections connections, Watch watch) throws Exception {
        List<Integer> ports = new ArrayList<>(connections.far.keySet());
        Random random = new Random(1);
        int count = Math.min(CLOSES, ports.size());
        long[] closed = new long[count];
        for (int i = 0; i < count; i++) {
            Thread.sleep(random.nextInt(20));
            closed[i] = System.nanoTime();
            connections.far.get(ports.get(i)).close();
        }
        Thread.sleep(2000);
        long[] delays = new long[count];
        for (int i = 0; i < count; i++) {
            delays[i] = watch.noticed.get(ports.get(i)) - closed[i];
        }
        Arrays.sort(delays);
        return delays;
    }

    /** What happens to a connection between two requests. */
    private enum Reuse {
        /** Nothing. */
        BLIND,
        /** A look before the request: what the pool does for a connection that is used again soon. */
        LOOK,
        /** Registered on return and taken back before the request, with a look. */
        REGISTERED
    }

    private static void requests(Reuse reuse, boolean print) throws Exception {
        try (Connections connections = new Connections(false, 1);
                Selector selector = Selector.open()) {
            Socket far = connections.far.values().iterator().next();
            Thread echo = new Thread(() -> {
                try {
                    byte[] request = new byte[256];
                    while (far.getInputStream().read(request) > 0) {
                        far.getOutputStream().write(request, 0, 128);
                    }
                } catch (IOException ex) {
                    // Closed.
                }
            });
            echo.setDaemon(true);
            echo.start();
            Thread selecting = new Thread(() -> {
                try {
                    while (selector.isOpen()) {
                        selector.select(250);
                        selector.selectedKeys().clear();
                    }
                } catch (Exception ex) {
                    // Closed.
                }
            });
            selecting.setDaemon(true);
            selecting.start();
            SocketChannel channel = connections.near.get(0);
            long[] took = new long[REQUESTS];
            for (int i = 0; i < REQUESTS; i++) {
                long begin = System.nanoTime();
                between(reuse, channel, selector);
                channel.socket().getOutputStream().write(new byte[128]);
                channel.socket().getInputStream().readNBytes(128);
                took[i] = System.nanoTime() - begin;
            }
            if (print) {
                double mean = Arrays.stream(took).average().orElse(0) / 1e3;
                Arrays.sort(took);
                System.out.printf(
                        "request, %-10s  median %.1f us, 90 %% %.1f us, mean %.1f us%n",
                        reuse, took[REQUESTS / 2] / 1e3, took[REQUESTS * 9 / 10] / 1e3, mean);
            }
        }
    }

    private static void between(Reuse reuse, SocketChannel channel, Selector selector) throws IOException {
        if (reuse == Reuse.BLIND) {
            return;
        }
        channel.configureBlocking(false);
        SelectionKey key = null;
        if (reuse == Reuse.REGISTERED) {
            key = channel.register(selector, SelectionKey.OP_READ);
            selector.wakeup();
        }
        channel.read(ByteBuffer.allocate(1));
        if (key != null) {
            key.cancel();
            // Or the next registration fails.
            while (channel.isRegistered()) {
                selector.wakeup();
                Thread.onSpinWait();
            }
        }
        channel.configureBlocking(true);
    }
}
