// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What a look at an open, silent connection costs: ours, and HttpClient's. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class LookBenchmark {

    private ServerSocket server;
    private SocketChannel channel;
    private DefaultManagedHttpClientConnection connection;

    /** Opens the connection. */
    @Setup(Level.Trial)
    public void open() throws IOException {
        this.server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        this.channel =
                SocketChannel.open(new InetSocketAddress(this.server.getInetAddress(), this.server.getLocalPort()));
        this.connection = new DefaultManagedHttpClientConnection("benchmark");
        this.connection.bind(this.channel.socket());
    }

    /** Closes it. */
    @TearDown(Level.Trial)
    public void close() throws IOException {
        this.connection.close();
        this.server.close();
    }

    /** Evenkeel's, before each reuse. */
    @Benchmark
    public boolean channelProbe() throws IOException {
        return ChannelProbe.look(this.channel, ByteBuffer.allocate(1)) == Liveness.ALIVE;
    }

    /** HttpClient's, if a connection was idle for two seconds. */
    @Benchmark
    public boolean staleCheck() throws IOException {
        return this.connection.isStale();
    }
}
