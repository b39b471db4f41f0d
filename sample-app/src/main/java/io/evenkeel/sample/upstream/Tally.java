// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What one port of a server has seen since the last {@link #reset()}. The numbers of an experiment come from here
 * wherever they can: a client knows what it asked for, only the server knows what arrived. Thread-safe.
 */
public final class Tally {

    private final LongAdder connectionsAccepted = new LongAdder();
    private final AtomicInteger open = new AtomicInteger();
    private final AtomicInteger openPeak = new AtomicInteger();
    private final LongAdder gets = new LongAdder();
    private final LongAdder posts = new LongAdder();
    private final LongAdder handshakes = new LongAdder();
    private final LongAdder handshakesResumed = new LongAdder();
    private final Map<String, Integer> executionsOfPosts = new ConcurrentHashMap<>();

    /** Starts to count anew; connections that are open stay counted as open. */
    public void reset() {
        connectionsAccepted.reset();
        openPeak.set(open.get());
        gets.reset();
        posts.reset();
        handshakes.reset();
        handshakesResumed.reset();
        executionsOfPosts.clear();
    }

    void connectionAccepted() {
        connectionsAccepted.increment();
    }

    void connectionOpened() {
        openPeak.accumulateAndGet(open.incrementAndGet(), Math::max);
    }

    void connectionClosed() {
        open.decrementAndGet();
    }

    void handshake(boolean resumed) {
        handshakes.increment();
        if (resumed) {
            handshakesResumed.increment();
        }
    }

    void executed(String method, @Nullable String callId) {
        if (!"POST".equals(method)) {
            gets.increment();
            return;
        }
        posts.increment();
        if (callId != null) {
            executionsOfPosts.merge(callId, 1, Integer::sum);
        }
    }

    public Counts counts() {
        long twice =
                executionsOfPosts.values().stream().filter(times -> times > 1).count();
        return new Counts(
                connectionsAccepted.sum(),
                open.get(),
                openPeak.get(),
                gets.sum(),
                posts.sum(),
                executionsOfPosts.size(),
                twice,
                handshakes.sum(),
                handshakesResumed.sum());
    }

    /**
     * The numbers at one moment. {@code distinctPosts} counts each call once, however often it was executed. Tomcat
     * does not say which connections are open; both numbers of them are 0 there.
     */
    public record Counts(
            long connectionsAccepted,
            int connectionsOpen,
            int connectionsOpenPeak,
            long gets,
            long posts,
            long distinctPosts,
            long postsExecutedTwice,
            long handshakes,
            long handshakesResumed) {

        public long requests() {
            return gets + posts;
        }
    }
}
