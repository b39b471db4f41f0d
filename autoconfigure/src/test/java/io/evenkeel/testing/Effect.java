// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/**
 * What {@link ScriptedServer} does to a connection at a {@link Moment}. Several effects at one moment follow each
 * other; what ends the connection also ends the rest of them.
 */
public final class Effect {

    private final String name;

    private final boolean answers;

    private final Action action;

    private Effect(String name, boolean answers, Action action) {
        this.name = name;
        this.answers = answers;
        this.action = action;
    }

    /**
     * Answers at once, at a moment before the response: before the request is read, say. The answer of the script or
     * the default is not sent then. At {@link Moment#ACCEPT} it is plain text.
     */
    public static Effect answer(Answer answer) {
        byte[] bytes = answer.render(null).bytes();
        return new Effect("answer " + answer, true, always(wire -> wire.write(bytes, 0, bytes.length)));
    }

    /** Sends bytes, ISO-8859-1, that nobody has asked for. */
    public static Effect write(String bytes) {
        byte[] data = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return new Effect("write", false, always(wire -> wire.write(data, 0, data.length)));
    }

    /** Sends the same bytes again and again until the connection ends. */
    public static Effect writeForever(String bytes) {
        byte[] data = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return new Effect("writeForever", false, always(wire -> wire.writeForever(data)));
    }

    /**
     * Closes the connection: close_notify with TLS, FIN, and what arrives later is answered with RST. What has arrived
     * unread is forgotten, since the kernel would send RST instead of FIN.
     */
    public static Effect fin() {
        return new Effect("fin", false, always(wire -> wire.fin(true)));
    }

    /** As {@link #fin}, but TLS does not say that it is the end. */
    public static Effect finWithoutCloseNotify() {
        return new Effect("finWithoutCloseNotify", false, always(wire -> wire.fin(false)));
    }

    /** Resets the connection. */
    public static Effect rst() {
        return new Effect("rst", false, always(Wire::rst));
    }

    /** Ends our direction (close_notify with TLS, FIN) and goes on reading. Later answers are not sent. */
    public static Effect halfClose() {
        return new Effect("halfClose", false, always(Wire::halfClose));
    }

    /**
     * Does nothing until {@link ScriptedServer#release}, the end of the connection or the end of the server. Of what
     * the peer sends meanwhile it takes 16 KB, to see whether the peer has gone, and no more.
     */
    public static Effect stall() {
        return new Effect("stall", false, always(Wire::stall));
    }

    /** As {@link #stall}, until the test opens the latch. */
    public static Effect until(CountDownLatch latch) {
        return new Effect("until latch", false, always(wire -> wire.until(latch)));
    }

    /** Waits that long, whatever the peer sends. */
    public static Effect pause(Duration duration) {
        return new Effect("pause " + duration, false, always(wire -> wire.pause(duration)));
    }

    /**
     * Waits until nothing has arrived for that long. If something arrives, what follows at this moment is skipped, as
     * with the idle timeout of a server: {@code then(idle(Duration.ofSeconds(5)), fin())}.
     */
    public static Effect idle(Duration duration) {
        return new Effect("idle " + duration, false, wire -> wire.idle(duration));
    }

    /** From now on sends so many bytes at a time and pauses after each. At {@link Moment#ACCEPT} that is below TLS. */
    public static Effect drip(int bytes, Duration interval) {
        RawSocket.Pace pace = new RawSocket.Pace(bytes, interval);
        return new Effect("drip", false, always(wire -> wire.drip(pace)));
    }

    /** Runs code of the test on the thread of the connection: to open a latch, or to wait at a barrier. */
    public static Effect call(Runnable code) {
        return new Effect("call", false, always(wire -> code.run()));
    }

    boolean answers() {
        return this.answers;
    }

    /** {@return whether the next effect of this moment follows} */
    boolean run(Wire wire) throws IOException {
        return this.action.run(wire) && !wire.isClosed();
    }

    private static Action always(Always action) {
        return wire -> {
            action.run(wire);
            return true;
        };
    }

    @Override
    public String toString() {
        return this.name;
    }

    @FunctionalInterface
    private interface Action {

        boolean run(Wire wire) throws IOException;
    }

    @FunctionalInterface
    private interface Always {

        void run(Wire wire) throws IOException;
    }
}
