// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;

/**
 * Looks twice a second for what should have ended long ago, and at the housekeepers, which should be asleep in their
 * selectors nearly always. Thread-safe.
 */
final class Watchdog implements AutoCloseable {

    private static final Duration PACE = Duration.ofMillis(500);
    static final int LOOKS_UNTIL_STUCK = 10;
    static final String HOUSEKEEPER = "evenkeel-housekeeper";

    private final Findings findings;
    private final Duration limit;
    private final Set<Watch> watches = ConcurrentHashMap.newKeySet();
    private final Map<Thread, Integer> busyHousekeepers = new ConcurrentHashMap<>();
    private final Thread thread = new Thread(this::run, "soak-watchdog");
    private volatile boolean over;
    private volatile boolean dumped;

    /** @param limit after which nothing that is watched may still be under way */
    Watchdog(Findings findings, Duration limit) {
        this.findings = findings;
        this.limit = limit;
        this.thread.setDaemon(true);
        this.thread.start();
    }

    /** Something that the current thread does, until it is closed. */
    final class Watch implements AutoCloseable {

        private final String what;
        private final Finding finding;
        private final Thread doer = Thread.currentThread();
        private final long begin = System.nanoTime();
        private boolean reported;

        private Watch(String what, Finding finding) {
            this.what = what;
            this.finding = finding;
        }

        @Override
        public void close() {
            Watchdog.this.watches.remove(this);
        }
    }

    /** @param finding what it is if it does not end */
    Watch watch(String what, Finding finding) {
        Watch watch = new Watch(what, finding);
        this.watches.add(watch);
        return watch;
    }

    private void run() {
        while (!this.over) {
            LockSupport.parkNanos(PACE.toNanos());
            look();
        }
    }

    void look() {
        long now = System.nanoTime();
        for (Watch watch : this.watches) {
            if (!watch.reported && now - watch.begin > this.limit.toNanos()) {
                watch.reported = true;
                this.findings.add(
                        watch.finding,
                        "%s, %.1f s, in %s".formatted(watch.what, (now - watch.begin) / 1e9, stack(watch.doer)));
                dump();
            }
        }
        Map<Thread, StackTraceElement[]> all = Thread.getAllStackTraces();
        this.busyHousekeepers.keySet().retainAll(all.keySet());
        all.forEach((each, stack) -> {
            if (each.getName().equals(HOUSEKEEPER)) {
                look(each, stack);
            }
        });
    }

    private void look(Thread housekeeper, StackTraceElement[] stack) {
        boolean asleep = stack.length == 0
                || Arrays.stream(stack).anyMatch(frame -> frame.getClassName().startsWith("sun.nio.ch.SelectorImpl"));
        int looks = this.busyHousekeepers.merge(housekeeper, 1, (before, one) -> asleep ? 0 : before + one);
        if (looks == LOOKS_UNTIL_STUCK) {
            this.findings.add(Finding.HOUSEKEEPER_STUCK, "in " + stack(stack));
            dump();
        }
    }

    /** Once: what follows from one fault is of no use. */
    private void dump() {
        if (this.dumped) {
            return;
        }
        this.dumped = true;
        StringBuilder dump = new StringBuilder("Threads when something did not end:\n");
        Thread.getAllStackTraces()
                .forEach((each, stack) -> dump.append(each)
                        .append(' ')
                        .append(each.getState())
                        .append(stack(stack))
                        .append('\n'));
        System.err.println(dump);
    }

    static String stack(Thread thread) {
        return thread + " " + thread.getState() + stack(thread.getStackTrace());
    }

    private static String stack(StackTraceElement[] stack) {
        return Arrays.stream(stack).limit(40).map(frame -> "\n    at " + frame).collect(Collectors.joining());
    }

    @Override
    public void close() {
        this.over = true;
        LockSupport.unpark(this.thread);
    }
}
