// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.testing.ClientSockets;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What this process holds while nothing goes on, to be compared with what it holds when nothing goes on any more. */
final class Leftovers {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int DESCRIPTORS_MORE = 4;
    private static final long HEAP_MORE = 16 << 20;

    private final Duration patience;
    private final Set<Thread> threads = threads();
    private final long descriptors = descriptors();
    private final long heap = heap();

    /** @param patience time in which all has to come back */
    Leftovers(Duration patience) {
        this.patience = patience;
    }

    /** Compares, and waits for a while until all has come back. */
    void look(Set<Integer> serverPorts, Findings findings) {
        if (!eventually(this.patience, () -> descriptors() <= this.descriptors + DESCRIPTORS_MORE)) {
            findings.add(
                    Finding.DESCRIPTORS_LEFT,
                    "%d before, %d now: %s".formatted(this.descriptors, descriptors(), kinds()));
        }
        if (!eventually(this.patience, () -> more().isEmpty())) {
            findings.add(
                    Finding.THREADS_LEFT, more().stream().map(Watchdog::stack).collect(Collectors.joining("\n")));
        }
        if (!eventually(
                this.patience, () -> ClientSockets.inCloseWait(serverPorts).isEmpty())) {
            findings.add(
                    Finding.CLOSE_WAIT, ClientSockets.inCloseWait(serverPorts).toString());
        }
        if (!eventually(this.patience, () -> heap() <= this.heap + HEAP_MORE)) {
            findings.add(Finding.HEAP_LEFT, "%d KB before, %d KB now".formatted(this.heap >> 10, heap() >> 10));
        }
    }

    /** {@return whether it became true in time; the garbage collector runs now and then} */
    static boolean eventually(Duration patience, BooleanSupplier condition) {
        long start = System.nanoTime();
        for (int looks = 1; !condition.getAsBoolean(); looks++) {
            if (System.nanoTime() - start > patience.toNanos()) {
                return false;
            }
            LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
            if (looks % 20 == 0) {
                System.gc();
            }
        }
        return true;
    }

    static long descriptors() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return 0;
        }
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.count();
        } catch (IOException ex) {
            throw new UncheckedIOException("The descriptors cannot be counted", ex);
        }
    }

    private static String kinds() {
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            return all.map(Leftovers::kind)
                    .collect(Collectors.groupingBy(kind -> kind, Collectors.counting()))
                    .toString();
        } catch (IOException ex) {
            return ex.toString();
        }
    }

    private static String kind(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().replaceAll("\\[?\\d+]?", "");
        } catch (IOException ex) {
            return "closed meanwhile";
        }
    }

    /** {@return used bytes, right after a collection} */
    static long heap() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }

    private List<Thread> more() {
        return threads().stream()
                .filter(thread -> !this.threads.contains(thread))
                .toList();
    }

    /** {@return threads, but for those of the soak itself and those that carry virtual ones} */
    private static Set<Thread> threads() {
        Thread[] all = new Thread[10_000];
        ThreadGroup group = Thread.currentThread().getThreadGroup();
        while (group.getParent() != null) {
            group = group.getParent();
        }
        int count = group.enumerate(all);
        return Arrays.stream(all, 0, count)
                .filter(thread -> !thread.getName().startsWith("soak-")
                        && !thread.getName().startsWith("ForkJoinPool")
                        && !thread.getName().startsWith("VirtualThread"))
                .collect(Collectors.toSet());
    }
}
