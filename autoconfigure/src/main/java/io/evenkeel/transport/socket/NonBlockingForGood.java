// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.socket;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Saves the changes of a channel's mode, which are most of the system calls of a call: two for each look, two for each read with a
 * timeout, and each with a question before it. From JDK 21 on, the descriptor of a channel stays non-blocking for good once a
 * virtual thread has used it. The JDK then waits by {@code poll} where the channel is to block, as it does for virtual
 * threads, and changes the mode no more; to users the channel is what it was. That is observed and not documented
 * ({@code NonBlockingForGoodTests}): where it does not hold, each look and read changes the mode. Older JDKs have a
 * {@link ChannelWait}.
 */
final class NonBlockingForGood {

    private static final @Nullable ThreadFactory VIRTUAL = virtualThreads();

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private NonBlockingForGood() {}

    /** {@return whether there are virtual threads} */
    static boolean isPossible() {
        return VIRTUAL != null;
    }

    /**
     * Has a virtual thread write nothing to the channel. Nobody waits for it, since its carriers may be busy: until it comes to
     * that, the channel works as ever.
     */
    static void make(SocketChannel channel) {
        if (VIRTUAL != null) {
            VIRTUAL.newThread(() -> touch(channel)).start();
        }
    }

    private static void touch(SocketChannel channel) {
        try {
            // No system call comes of that, so a reset that waits in the socket is left to who looks for it.
            channel.write(NOTHING.duplicate());
        } catch (IOException ex) {
            // It was closed meanwhile.
        }
    }

    /** {@code Thread.ofVirtual().name(...).factory()}, which JDK 17 does not have. */
    private static @Nullable ThreadFactory virtualThreads() {
        try {
            Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
            Class<?> type = Class.forName("java.lang.Thread$Builder");
            builder = type.getMethod("name", String.class).invoke(builder, "evenkeel-non-blocking");
            return (ThreadFactory) type.getMethod("factory").invoke(builder);
        } catch (ReflectiveOperationException ex) {
            return null;
        }
    }
}
