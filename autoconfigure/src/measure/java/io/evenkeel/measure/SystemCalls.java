// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Counts the system calls of one platform thread, where {@code strace} is installed and may look at this process. */
final class SystemCalls {

    private static final String THREAD = "evenkeel-calls";

    private static final int CALLS = 1_000;

    /** What the JVM does in between is not the client's. */
    private static final List<String> OF_THE_JVM =
            List.of("futex", "madvise", "mprotect", "mmap", "munmap", "sched_yield", "restart_syscall", "rt_sigreturn");

    private SystemCalls() {}

    static boolean canCount() {
        return Stream.of("/usr/bin/strace", "/bin/strace").anyMatch(each -> Files.isExecutable(Path.of(each)));
    }

    /** {@return how often each was made, per call, such as "write 1.0, read 2.0"} */
    static String count(Caller caller) throws IOException, InterruptedException {
        Path trace = Files.createTempFile("evenkeel-strace", ".txt");
        StringBuilder counted = new StringBuilder();
        Thread thread = new Thread(
                () -> {
                    try {
                        repeat(caller);
                        Process strace = attach(trace);
                        repeat(caller);
                        // An interrupt makes it let go of the thread and print.
                        new ProcessBuilder("kill", "-INT", String.valueOf(strace.pid()))
                                .start()
                                .waitFor();
                        strace.waitFor();
                        counted.append(read(trace));
                    } catch (IOException | InterruptedException ex) {
                        counted.append(ex);
                    }
                },
                THREAD);
        thread.start();
        thread.join();
        Files.delete(trace);
        return counted.toString();
    }

    private static void repeat(Caller caller) throws IOException {
        for (int i = 0; i < CALLS; i++) {
            caller.call();
        }
    }

    private static Process attach(Path trace) throws IOException, InterruptedException {
        Process strace = new ProcessBuilder("strace", "-c", "-o", trace.toString(), "-p", nativeId())
                .redirectErrorStream(true)
                .start();
        // It says so when it has attached.
        if (strace.inputReader().readLine() == null) {
            throw new IOException("strace did not attach");
        }
        return strace;
    }

    private static String nativeId() throws IOException {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            for (Path task : tasks.toList()) {
                if (Files.readString(task.resolve("comm")).trim().equals(THREAD)) {
                    return task.getFileName().toString();
                }
            }
        }
        throw new IOException("No thread " + THREAD);
    }

    private static String read(Path trace) throws IOException {
        Map<String, Integer> counts = new TreeMap<>();
        for (String line : Files.readAllLines(trace)) {
            // % time, seconds, usecs/call, calls, perhaps errors, syscall
            String[] columns = line.trim().split(" +");
            if (columns.length >= 5 && columns[3].matches("\\d+") && !line.endsWith("total")) {
                counts.merge(columns[columns.length - 1], Integer.parseInt(columns[3]), Integer::sum);
            }
        }
        return counts.entrySet().stream()
                .filter(each -> !OF_THE_JVM.contains(each.getKey()) && each.getValue() > CALLS / 50)
                .map(each -> String.format(Locale.ROOT, "%s %.1f", each.getKey(), (double) each.getValue() / CALLS))
                .collect(Collectors.joining(", "));
    }
}
