// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.race.QuietLogs;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * Compares a call of Evenkeel with one of the stock client and of others, all in this JVM, against one server in another
 * process. In each round every client makes a block of calls, in turn; a round gives one ratio to the stock client for
 * each. Prints medians, and the ratios with their quartiles.
 *
 * <p>System properties: {@code rounds} (15), {@code calls} of a block (2000), {@code warmUp} rounds (5), {@code threads}
 * (1), {@code virtual} for virtual ones, {@code only} with a part of what is to be measured ("GET 1 KiB", "TLS"),
 * {@code clients} with the names of clients, {@code trace} to count system calls in place of all that.
 */
public final class CallCost {

    private static final int ROUNDS = Integer.getInteger("rounds", 15);
    private static final int CALLS = Integer.getInteger("calls", 2_000);
    private static final int WARM_UP_ROUNDS = Integer.getInteger("warmUp", 5);
    private static final int THREADS = Integer.getInteger("threads", 1);
    private static final String ONLY = System.getProperty("only", "");
    private static final String CLIENTS = System.getProperty("clients", "");

    private CallCost() {}

    /** Prints a table for each kind of call. */
    public static void main(String[] args) throws Exception {
        boolean trace = Boolean.getBoolean("trace");
        if (trace && !SystemCalls.canCount()) {
            throw new IllegalStateException("There is no strace to count system calls with");
        }
        System.out.printf(
                "Java %s, %s, %s%n",
                System.getProperty("java.version"),
                CostServer.isNginx() ? "nginx" : "own server",
                trace
                        ? "system calls of the calling thread, per call"
                        : "%d rounds of %d calls, threads: %d".formatted(ROUNDS, CALLS, THREADS));
        try (QuietLogs quiet = new QuietLogs();
                CostServer server = CostServer.start();
                Callers callers = new Callers()) {
            for (Exchanged exchanged : Exchanged.values()) {
                for (boolean tls : new boolean[] {false, true}) {
                    String title = (tls ? "TLS 1.3, " : "HTTP, ") + exchanged.title();
                    if (title.contains(ONLY)) {
                        Map<String, Caller> chosen = chosen(callers, exchanged, server.url(tls, exchanged));
                        System.out.println();
                        System.out.println(title);
                        if (trace) {
                            trace(chosen);
                        } else {
                            print(measure(chosen));
                        }
                    }
                }
            }
        }
        // Threads of other clients may stay for a minute.
        System.exit(0);
    }

    private static Map<String, Caller> chosen(Callers callers, Exchanged exchanged, String url)
            throws IOException, ReflectiveOperationException, GeneralSecurityException {
        Map<String, Caller> all = callers.of(exchanged, url);
        for (Map.Entry<String, Caller> each : all.entrySet()) {
            int read = each.getValue().call();
            if (read != exchanged.answer().length() && read != 0) {
                throw new IllegalStateException(each.getKey() + " has read " + read + " bytes");
            }
        }
        if (!CLIENTS.isEmpty()) {
            all.keySet().retainAll(List.of(CLIENTS.split(",")));
        }
        return all;
    }

    private static void trace(Map<String, Caller> callers) throws IOException, InterruptedException {
        for (Map.Entry<String, Caller> each : callers.entrySet()) {
            System.out.printf("  %-20s %s%n", each.getKey(), SystemCalls.count(each.getValue()));
        }
    }

    private static Map<String, List<Block>> measure(Map<String, Caller> callers)
            throws IOException, ReflectiveOperationException {
        Map<String, List<Block>> blocks = new LinkedHashMap<>();
        List<String> names = new ArrayList<>(callers.keySet());
        names.forEach(name -> blocks.put(name, new ArrayList<>()));
        ExecutorService executor = Boolean.getBoolean("virtual") ? virtualThreads() : Executors.newCachedThreadPool();
        try {
            for (int round = 0; round < WARM_UP_ROUNDS + ROUNDS; round++) {
                for (int i = 0; i < names.size(); i++) {
                    // Nobody always comes behind the same one.
                    String name = names.get((i * ((round % 2 == 0) ? 1 : names.size() - 1) + round) % names.size());
                    Caller caller = callers.get(name);
                    Block block =
                            (THREADS == 1) ? Block.run(caller, CALLS) : Block.run(caller, CALLS, THREADS, executor);
                    if (round >= WARM_UP_ROUNDS) {
                        blocks.get(name).add(block);
                    }
                }
            }
        } finally {
            executor.shutdown();
        }
        return blocks;
    }

    /** From JDK 21 on. */
    private static ExecutorService virtualThreads() throws ReflectiveOperationException {
        return (ExecutorService)
                Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
    }

    private static void print(Map<String, List<Block>> blocks) {
        print("latency, us", blocks, Block::micros);
        print("CPU, us", blocks, Block::cpuMicros);
        if (THREADS == 1) {
            print("bytes", blocks, Block::bytes);
        }
    }

    private static void print(String what, Map<String, List<Block>> blocks, ToDoubleFunction<Block> of) {
        System.out.println("  " + what);
        List<Block> stock = blocks.getOrDefault(Callers.STOCK, List.of());
        blocks.forEach((name, own) -> {
            double[] values = own.stream().mapToDouble(of).toArray();
            double[] ratios = Stream.iterate(0, i -> i < Math.min(own.size(), stock.size()), i -> i + 1)
                    .mapToDouble(i -> of.applyAsDouble(own.get(i)) / of.applyAsDouble(stock.get(i)))
                    .toArray();
            String ratio = (ratios.length == 0)
                    ? ""
                    : String.format(
                            Locale.ROOT,
                            "to stock %.3f (%.3f to %.3f)",
                            Block.quantile(ratios, 0.5),
                            Block.quantile(ratios, 0.25),
                            Block.quantile(ratios, 0.75));
            System.out.printf(Locale.ROOT, "    %-20s %9.1f  %s%n", name, Block.quantile(values, 0.5), ratio);
        });
    }
}
