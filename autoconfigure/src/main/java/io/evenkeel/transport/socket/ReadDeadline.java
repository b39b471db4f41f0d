// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;

/**
 * Bounds a series of reads as a whole, where a socket can only bound each one: a peer that sends a byte now and then
 * would never be too late. Asked before each read of the socket itself, below TLS, since one read of a TLS record is
 * many of the socket. Used by one thread at a time, as its connection is.
 */
public final class ReadDeadline {

    private final Ticker ticker;
    private boolean running;
    private long begunAt;
    private long endsAt;
    private int limitMillis;
    private int toldMillis;
    private int timeoutPerRead;

    public ReadDeadline(Ticker ticker) {
        this.ticker = ticker;
    }

    /**
     * Starts, unless it runs.
     *
     * @param socket whose timeout per read counts until {@link #end}
     * @param limitMillis time for all reads together
     */
    public void begin(Socket socket, int limitMillis) throws IOException {
        if (!this.running) {
            this.timeoutPerRead = socket.getSoTimeout();
            this.limitMillis = limitMillis;
            this.toldMillis = limitMillis;
            this.begunAt = this.ticker.nanoTime();
            this.endsAt = this.begunAt + TimeUnit.MILLISECONDS.toNanos(limitMillis);
            this.running = true;
        }
    }

    /**
     * Gives what follows the whole time again, if it runs, as a part has come that is complete.
     *
     * @param leastMillis of the time for all parts together, from the beginning, which is twice the time of one
     */
    public void renew(int leastMillis) {
        if (this.running) {
            int most = (int) Math.min(Math.max(2L * this.limitMillis, leastMillis), Integer.MAX_VALUE);
            long whole = this.ticker.nanoTime() + TimeUnit.MILLISECONDS.toNanos(this.limitMillis);
            long last = this.begunAt + TimeUnit.MILLISECONDS.toNanos(most);
            boolean bounded = last - whole < 0;
            this.endsAt = bounded ? last : whole;
            this.toldMillis = bounded ? most : this.limitMillis;
        }
    }

    /** Ends, and gives the socket its timeout per read back. */
    public void end(Socket socket) throws IOException {
        if (this.running) {
            this.running = false;
            socket.setSoTimeout(this.timeoutPerRead);
        }
    }

    /** Called before each read. */
    public void check(Socket socket) throws IOException {
        if (!this.running) {
            return;
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(this.endsAt - this.ticker.nanoTime());
        if (millis <= 0) {
            throw new SocketTimeoutException("Read timed out: not complete within " + this.toldMillis + " ms");
        }
        int remaining = (int) Math.min(millis, this.limitMillis);
        socket.setSoTimeout((this.timeoutPerRead > 0) ? Math.min(remaining, this.timeoutPerRead) : remaining);
    }
}
