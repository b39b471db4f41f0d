// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A server of fixed capacity: some workers, each of which takes a request from a bounded queue and needs the same time for it. One
 * thread does all reading, so it is seen at once when a client goes. It follows a {@link Script}, and its own count is the evidence
 * of what reached it.
 */
final class StormServer {

    static final int WORKERS = 12;

    static final Duration WORK = Duration.ofMillis(20);

    /** More than a second of work: what is served behind a full queue comes too late for a read timeout of a second. */
    static final int QUEUE = 1_000;

    static final long SEED = 14;

    private static final int BACKLOG = 4_096;

    private final Script script;
    private final Tally tally = new Tally();
    private final BlockingQueue<Connection> queue = new ArrayBlockingQueue<>(QUEUE);
    private final Random random = new Random(SEED);
    private final Selector selector = Selector.open();
    private final ServerSocketChannel listener = ServerSocketChannel.open();
    private volatile long start = Long.MAX_VALUE;

    private StormServer(Script script) throws IOException {
        this.script = script;
        this.listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG);
        this.listener.configureBlocking(false).register(this.selector, SelectionKey.OP_ACCEPT);
    }

    /**
     * Prints its port, reads a line with the start of the run in milliseconds since 1970, and at another line prints what it counted
     * in each second.
     */
    public static void main(String[] args) throws IOException {
        StormServer server = new StormServer(Script.parse(List.of(args)));
        System.out.println(server.listener.socket().getLocalPort());
        start(server::listen, "storm-listener");
        for (int i = 0; i < WORKERS; i++) {
            start(server::work, "storm-worker-" + i);
        }
        BufferedReader commands = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
        long wait = Long.parseLong(commands.readLine()) - System.currentTimeMillis();
        server.start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(wait);
        commands.readLine();
        for (int second = 0; second < Tally.SECONDS; second++) {
            System.out.println(server.tally.line(second));
        }
        System.exit(0);
    }

    private static void start(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        thread.start();
    }

    private int second() {
        long begun = this.start;
        return (begun == Long.MAX_VALUE) ? -1 : (int) Math.floorDiv(System.nanoTime() - begun, 1_000_000_000L);
    }

    private void listen() {
        try {
            while (true) {
                this.selector.select();
                for (SelectionKey key : this.selector.selectedKeys()) {
                    if (key.attachment() instanceof Connection connection) {
                        read(connection, key);
                    } else {
                        accept();
                    }
                }
                this.selector.selectedKeys().clear();
            }
        } catch (IOException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private void accept() throws IOException {
        SocketChannel channel = this.listener.accept();
        while (channel != null) {
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            channel.register(this.selector, SelectionKey.OP_READ, new Connection(channel));
            channel = this.listener.accept();
        }
    }

    private void read(Connection connection, SelectionKey key) {
        if (!connection.read()) {
            key.cancel();
        } else if (connection.hasRequest()) {
            this.tally.received(second());
            if (!this.queue.offer(connection)) {
                this.tally.refused(second());
                if (this.script.sheds()) {
                    connection.answer(Connection.SHED);
                } else {
                    connection.reset();
                }
            }
        }
    }

    private void work() {
        try {
            long end = System.nanoTime();
            while (true) {
                Connection connection = this.queue.poll();
                long begin = end;
                if (connection == null) {
                    connection = this.queue.take();
                    begin = System.nanoTime();
                }
                if (isStalled()) {
                    awaitEndOfStall();
                    begin = System.nanoTime();
                }
                if (!this.script.dropsAbandoned() || !connection.isGone()) {
                    this.tally.worked(second(), connection.isGone());
                    // Not from now on: a scheduler that wakes it late is to take nothing of the capacity.
                    end = begin + WORK.toNanos();
                    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                        LockSupport.parkNanos(left);
                    }
                    connection.answer(isFailing() ? Connection.FAILED : Connection.OK);
                } else {
                    end = begin;
                }
            }
        } catch (InterruptedException ex) {
            throw new IllegalStateException(ex);
        }
    }

    private boolean isStalled() {
        return this.script.failing() == Script.STALLED && this.script.isTrouble(second());
    }

    private void awaitEndOfStall() {
        while (isStalled()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }

    private boolean isFailing() {
        return this.script.isTrouble(second()) && this.random.nextInt(100) < this.script.failing();
    }
}
