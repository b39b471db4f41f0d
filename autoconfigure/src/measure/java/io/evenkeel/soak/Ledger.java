// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * What the servers got: how often each request was there as a whole. It remembers for at least two minutes, longer than
 * any call takes, and not for ever. Thread-safe.
 */
final class Ledger {

    private static final long GENERATION_NANOS = Duration.ofMinutes(2).toNanos();

    private static final long NOTED_WITHIN_NANOS = Duration.ofSeconds(5).toNanos();

    /** A crossing in some 10,000 requests was seen, so a short run may well meet a few. */
    private static final int REQUESTS_FOR_A_CROSSING = 10_000;

    private static final int CROSSINGS_OF_A_SHORT_RUN = 5;

    private final Findings findings;
    private final LongAdder received = new LongAdder();
    private final LongAdder receivedAgain = new LongAdder();
    private final LongAdder brokenOff = new LongAdder();

    private volatile Map<String, Integer> young = new ConcurrentHashMap<>();
    private volatile Map<String, Integer> old = new ConcurrentHashMap<>();
    private final Set<String> crossed = ConcurrentHashMap.newKeySet();
    private volatile long youngSince = System.nanoTime();

    Ledger(Findings findings) {
        this.findings = findings;
    }

    /**
     * A request is there, with the end of its body as HTTP tells it.
     *
     * @param body the condition of what came as its body
     */
    void received(Request request, Payload.Condition body) {
        this.received.increment();
        int before = this.old.getOrDefault(request.id(), 0);
        if (before + this.young.merge(request.id(), 1, Integer::sum) > 1) {
            this.receivedAgain.increment();
            if (request.isOnceOnly()) {
                this.findings.add(Finding.EXECUTED_TWICE, request.toString());
            }
        }
        if (body != Payload.Condition.WHOLE) {
            this.findings.add(Finding.TORSO, request + ", its body is " + body);
        }
    }

    /** A request ended before its end. */
    void brokeOff() {
        this.brokenOff.increment();
    }

    /**
     * A request met bytes that nobody asked for on its way. If they came between the client's look and its first byte,
     * nobody can tell them from an answer.
     */
    void crossed(String id) {
        this.crossed.add(id);
    }

    /** {@return whether a request crossed} The client may know before the server has read the request, and noted it. */
    boolean awaitCrossed(String id) {
        long start = System.nanoTime();
        while (!this.crossed.contains(id) && System.nanoTime() - start < NOTED_WITHIN_NANOS) {
            LockSupport.parkNanos(this, Duration.ofMillis(1).toNanos());
        }
        return this.crossed.contains(id);
    }

    /** Crossings are excused one by one, and so must be rare: the time between the look and the first byte is. */
    void judgeCrossings() {
        long most = CROSSINGS_OF_A_SHORT_RUN + this.received.sum() / REQUESTS_FOR_A_CROSSING;
        if (this.crossed.size() > most) {
            this.findings.add(
                    Finding.FOREIGN_ANSWER,
                    "%d requests crossed with what nobody asked for, where at most %d may"
                            .formatted(this.crossed.size(), most));
        }
    }

    /** Called now and then. */
    void forgetOld() {
        if (System.nanoTime() - this.youngSince > GENERATION_NANOS) {
            this.old = this.young;
            this.young = new ConcurrentHashMap<>();
            this.youngSince = System.nanoTime();
        }
    }

    void forgetAll() {
        this.old = new ConcurrentHashMap<>();
        this.young = new ConcurrentHashMap<>();
    }

    @Override
    public String toString() {
        return "received %d requests, %d of them again, %d that broke off, %d that crossed with what nobody asked for"
                .formatted(this.received.sum(), this.receivedAgain.sum(), this.brokenOff.sum(), this.crossed.size());
    }
}
