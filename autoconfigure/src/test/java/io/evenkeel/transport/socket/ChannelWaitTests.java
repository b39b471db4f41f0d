// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A channel that never blocks, to whom it is a socket. */
@Timeout(60)
class ChannelWaitTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private ServerSocket listener;
    private GuardedSocket socket;
    private Socket peer;

    @BeforeEach
    void connect() throws IOException {
        this.listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.socket = GuardedSocket.open(Ticker.SYSTEM);
        this.socket.connect(new InetSocketAddress(this.listener.getInetAddress(), this.listener.getLocalPort()));
        this.peer = this.listener.accept();
        this.socket.useChannelWait();
        assertThat(this.socket.neverBlocks()).isTrue();
    }

    @AfterEach
    void close() throws IOException {
        this.socket.close();
        this.peer.close();
        this.listener.close();
    }

    @Test
    void aReadWaitsForWhatComes() throws Exception {
        FutureTask<Integer> reading =
                waiting("reader", () -> this.socket.getInputStream().read());

        this.peer.getOutputStream().write(7);

        assertThat(reading.get()).isEqualTo(7);
    }

    @Test
    void aReadEndsWithTheStream() throws Exception {
        this.peer.getOutputStream().write(7);
        this.peer.shutdownOutput();
        InputStream in = this.socket.getInputStream();

        assertThat(in.readAllBytes()).containsExactly(7);
        assertThat(in.read()).isEqualTo(-1);
    }

    @Test
    void aReadTimesOutAndTheNextOneReads() throws Exception {
        this.socket.setSoTimeout(20);
        InputStream in = this.socket.getInputStream();

        assertThatThrownBy(in::read).isInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");

        this.socket.setSoTimeout(0);
        this.peer.getOutputStream().write(7);
        assertThat(in.read()).isEqualTo(7);
    }

    @Test
    void aReadBehindAWriteTimesOut() throws Exception {
        this.socket.setSoTimeout(20);
        this.socket.getOutputStream().write(1);

        assertThatThrownBy(() -> this.socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
    }

    @Test
    void whatWaitsIsTold() throws Exception {
        this.peer.getOutputStream().write(new byte[3]);

        InputStream in = this.socket.getInputStream();
        assertThat(in.read()).isZero();
        assertThat(in.available()).isEqualTo(2);
    }

    @Test
    void moreIsWrittenThanFitsIntoTheBuffersOfBothSides() throws Exception {
        byte[] much = new byte[16 * 1024 * 1024];
        FutureTask<byte[]> received =
                inThread("receiver", () -> this.peer.getInputStream().readNBytes(much.length));
        for (int i = 0; i < much.length; i++) {
            much[i] = (byte) (i * 31);
        }

        this.socket.getOutputStream().write(much);

        assertThat(received.get()).isEqualTo(much);
        this.peer.getOutputStream().write(7);
        assertThat(this.socket.getInputStream().read()).isEqualTo(7);
    }

    @Test
    void aResetIsTheFailureOfASocket() throws Exception {
        this.peer.setSoLinger(true, 0);
        this.peer.close();

        assertThatThrownBy(() -> this.socket.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void anInterruptEndsAReadAndTheConnection() throws Exception {
        FutureTask<Integer> reading =
                new FutureTask<>(() -> this.socket.getInputStream().read());
        Thread reader = new Thread(reading, "reader");
        startAndAwaitSelect(reader);

        reader.interrupt();

        assertThatThrownBy(reading::get).hasCauseInstanceOf(ClosedByInterruptException.class);
        assertThat(this.socket.isClosed()).isTrue();
        assertThat(this.peer.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void anInterruptEndsAWriteThatNobodyReads() throws Exception {
        FutureTask<Integer> writing = new FutureTask<>(() -> {
            this.socket.getOutputStream().write(new byte[64 * 1024 * 1024]);
            return 0;
        });
        Thread writer = new Thread(writing, "writer");
        startAndAwaitSelect(writer);

        writer.interrupt();

        assertThatThrownBy(writing::get).hasCauseInstanceOf(ClosedByInterruptException.class);
    }

    @Test
    void anInterruptThatWasThereBeforeEndsTheConnection() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> this.socket.getInputStream().read()).isInstanceOf(ClosedByInterruptException.class);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aCloseByAnotherThreadEndsARead() throws Exception {
        FutureTask<Integer> reading =
                waiting("reader", () -> this.socket.getInputStream().read());

        this.socket.close();

        assertThatThrownBy(reading::get)
                .hasCauseInstanceOf(SocketException.class)
                .hasMessageContaining("Socket closed");
        assertThat(this.peer.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void aCloseByAnotherThreadEndsAWriteThatNobodyReads() throws Exception {
        FutureTask<Integer> writing = waiting("writer", () -> {
            this.socket.getOutputStream().write(new byte[64 * 1024 * 1024]);
            return 0;
        });

        this.socket.close();

        assertThatThrownBy(writing::get)
                .hasCauseInstanceOf(SocketException.class)
                .hasMessageContaining("Socket closed");
    }

    @Test
    void aChannelThatASelectorWatchesBesidesIsClosedAtOnce() throws Exception {
        try (Selector other = Selector.open()) {
            this.socket.getChannel().register(other, SelectionKey.OP_READ);

            this.socket.close();

            assertThat(this.peer.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void aPartingWriteDoesNotWait() throws Exception {
        this.socket.parting();

        this.socket.getOutputStream().write(new byte[64 * 1024 * 1024]);

        assertThat(this.socket.isClosed()).isFalse();
    }

    @Test
    void aChannelThatIsClosedAlreadyStaysClosed() throws Exception {
        GuardedSocket closed = GuardedSocket.open(Ticker.SYSTEM);
        closed.close();

        closed.useChannelWait();

        assertThat(closed.neverBlocks()).isFalse();
    }

    @Test
    void closesInTheMomentInWhichItIsMadeLeaveNoSelectorOpen() throws Exception {
        for (int i = 0; i < 200; i++) {
            GuardedSocket each = GuardedSocket.open(Ticker.SYSTEM);
            SocketChannel channel = each.getChannel();
            FutureTask<Void> closing = inThread("closer", () -> {
                each.close();
                return null;
            });
            each.useChannelWait();
            closing.get();
            assertThat(channel.isOpen()).isFalse();
            // Registered with a selector that is open, it would still have its descriptor.
            assertThat(channel.isRegistered()).isFalse();
        }
    }

    private static <T> FutureTask<T> inThread(String name, Callable<T> callable) {
        FutureTask<T> task = new FutureTask<>(callable);
        new Thread(task, name).start();
        return task;
    }

    private static <T> FutureTask<T> waiting(String name, Callable<T> callable) throws InterruptedException {
        FutureTask<T> task = new FutureTask<>(callable);
        startAndAwaitSelect(new Thread(task, name));
        return task;
    }

    private static void startAndAwaitSelect(Thread thread) throws InterruptedException {
        thread.start();
        eventually(
                "it waits",
                () -> Arrays.stream(thread.getStackTrace())
                        .anyMatch(frame -> frame.getMethodName().equals("select")));
    }
}
