// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports at 127.0.0.1 for tests that run while other JVMs open and close sockets on this machine. Thread-safe. */
public final class Ports {

    /** Below those that the kernel gives to whoever names none: on Linux from 32768 on, elsewhere higher still. */
    private static final int FIRST = 20_000;

    private static final int END = 32_000;

    private Ports() {}

    /**
     * {@return a port that refuses connections until the test is over: it is bound, so that nobody else gets it, and does
     * not listen}
     */
    public static int refusing(LeakCheck leaks) throws IOException {
        Socket holder = leaks.closeAfter(new Socket());
        holder.bind(new InetSocketAddress("127.0.0.1", 0));
        return holder.getLocalPort();
    }

    /** {@return a port for a server in another process, that nobody gets by chance before that server has it} */
    public static int forServer() throws IOException {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST, END);
            try (ServerSocket socket = new ServerSocket()) {
                socket.bind(new InetSocketAddress("127.0.0.1", port));
                return port;
            } catch (BindException ex) {
                // In use. The next one may be free.
            }
        }
    }
}
