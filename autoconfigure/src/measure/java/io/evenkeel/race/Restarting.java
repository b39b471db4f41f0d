// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A server that is stopped and started again whenever it has run for a while. */
final class Restarting implements RaceServer {

    private final JettyServer server;
    private final int port;
    private final Duration uptime;
    private final CountDownLatch over = new CountDownLatch(1);
    private final Thread thread = new Thread(this::restart, "race-restarts");

    Restarting(JettyServer server, Duration uptime) {
        this.server = server;
        this.port = server.port();
        this.uptime = uptime;
        this.thread.start();
    }

    private void restart() {
        try {
            while (!this.over.await(this.uptime.toMillis(), TimeUnit.MILLISECONDS)) {
                this.server.close();
                this.server.start();
            }
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public int port() {
        return this.port;
    }

    @Override
    public void close() {
        this.over.countDown();
        try {
            this.thread.join();
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        this.server.close();
    }
}
