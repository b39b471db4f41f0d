// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.locks.ReentrantLock;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of the JVM, with its one default {@code SSLContext}, which takes some 200 ms to make. An application that
 * calls no https URL never pays for it.
 */
public final class LazyTlsStrategy implements TlsSocketStrategy {

    private final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable TlsSocketStrategy made;

    @Override
    public SSLSocket upgrade(Socket socket, String target, int port, @Nullable Object attachment, HttpContext context)
            throws IOException {
        return strategy().upgrade(socket, target, port, attachment, context);
    }

    private TlsSocketStrategy strategy() {
        TlsSocketStrategy strategy = this.made;
        if (strategy != null) {
            return strategy;
        }
        this.lock.lock();
        try {
            strategy = this.made;
            if (strategy == null) {
                strategy = DefaultClientTlsStrategy.createSystemDefault();
                this.made = strategy;
            }
            return strategy;
        } finally {
            this.lock.unlock();
        }
    }
}
