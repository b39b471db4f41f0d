// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** An HTTP proxy that grants every tunnel, or a SOCKS 5 proxy, to a port of 127.0.0.1. It goes by the port alone. */
public final class TunnelProxy implements AutoCloseable {

    public final List<String> tunnels = new CopyOnWriteArrayList<>();
    final List<String> heads = new CopyOnWriteArrayList<>();
    private final boolean socks;
    private final String answer;
    private final ServerSocket listener;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private TunnelProxy(boolean socks, String answer) {
        this.socks = socks;
        this.answer = answer;
        try {
            this.listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
        start(this::acceptAll);
    }

    public static TunnelProxy http() {
        return httpThatGoesOn("");
    }

    /** @param behindAnswer what it sends behind its answer to CONNECT, before the tunnel begins */
    static TunnelProxy httpThatGoesOn(String behindAnswer) {
        return answering("HTTP/1.1 200 Connected\r\n\r\n" + behindAnswer);
    }

    /** @param answer what it grants a tunnel with */
    static TunnelProxy answering(String answer) {
        return new TunnelProxy(false, answer);
    }

    static TunnelProxy socks() {
        return new TunnelProxy(true, "");
    }

    public int port() {
        return this.listener.getLocalPort();
    }

    private void acceptAll() {
        while (!this.listener.isClosed()) {
            try {
                Socket client = this.listener.accept();
                this.sockets.add(client);
                start(() -> serve(client));
            } catch (IOException ex) {
                // closed
            }
        }
    }

    private void serve(Socket client) {
        try {
            int port = this.socks ? greetSocks(client) : greetHttp(client);
            // Not through a proxy that is set for the JVM: that would be this one.
            Socket server = new Socket(Proxy.NO_PROXY);
            server.connect(new InetSocketAddress("127.0.0.1", port));
            this.sockets.add(server);
            start(() -> pass(client, server));
            pass(server, client);
        } catch (IOException ex) {
            close(client);
        }
    }

    private int greetHttp(Socket client) throws IOException {
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) client.getInputStream().read());
        }
        String authority = head.toString().split(" ")[1];
        this.tunnels.add(authority);
        this.heads.add(head.toString());
        client.getOutputStream().write(this.answer.getBytes(StandardCharsets.US_ASCII));
        return Integer.parseInt(authority.substring(authority.lastIndexOf(':') + 1));
    }

    private int greetSocks(Socket client) throws IOException {
        InputStream in = client.getInputStream();
        in.read();
        in.readNBytes(in.read());
        client.getOutputStream().write(new byte[] {5, 0});
        in.readNBytes(3);
        int kind = in.read();
        byte[] address = in.readNBytes((kind == 1) ? 4 : (kind == 3) ? in.read() : 16);
        int port = (in.read() << 8) + in.read();
        this.tunnels.add(((kind == 3) ? new String(address, StandardCharsets.US_ASCII) : "address") + ":" + port);
        client.getOutputStream().write(new byte[] {5, 0, 0, 1, 127, 0, 0, 1, 0, 0});
        return port;
    }

    private static void pass(Socket from, Socket to) {
        try {
            from.getInputStream().transferTo(to.getOutputStream());
            to.shutdownOutput();
        } catch (IOException ex) {
            close(from);
            close(to);
        }
    }

    private static void close(Socket socket) {
        try {
            socket.close();
        } catch (IOException ex) {
            // It is gone, which is all that matters.
        }
    }

    private static void start(Runnable work) {
        Thread thread = new Thread(work, "tunnel-proxy");
        thread.setDaemon(true);
        thread.start();
    }

    @Override
    public void close() throws IOException {
        this.listener.close();
        this.sockets.forEach(TunnelProxy::close);
    }
}
