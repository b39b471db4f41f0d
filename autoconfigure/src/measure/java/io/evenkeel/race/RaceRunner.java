// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import io.evenkeel.testing.DelayProxy;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.springframework.web.client.RestClient;

/** Runs races, several at a time, and repeats those in which the machine stalled. */
final class RaceRunner {

    private static final int ATTEMPTS = 3;

    private final int together;
    private final StallWatch stalls;

    /** @param together how many races run at the same time */
    RaceRunner(int together, StallWatch stalls) {
        this.together = together;
        this.stalls = stalls;
    }

    /** {@return one result for each attempt at each race} */
    List<RaceResult> run(List<Race> races) {
        ExecutorService executor = Executors.newFixedThreadPool(this.together);
        try {
            List<Callable<List<RaceResult>>> tasks = new ArrayList<>();
            races.forEach(race -> tasks.add(() -> repeatIfStalled(race)));
            return join(executor.invokeAll(tasks));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("Interrupted", ex);
        } finally {
            executor.shutdownNow();
        }
    }

    private List<RaceResult> repeatIfStalled(Race race) throws InterruptedException {
        List<RaceResult> results = new ArrayList<>();
        do {
            results.add(run(race, results.size() + 1));
        } while (results.get(results.size() - 1).stalled() > 0 && results.size() < ATTEMPTS);
        return results;
    }

    private RaceResult run(Race race, int attempt) throws InterruptedException {
        Ledger ledger = new Ledger();
        List<Call> calls;
        long replays;
        Map<String, Long> closed;
        try (RaceServer server = race.server().start(race.tls(), race.idleTimeout(), ledger);
                Ways ways = new Ways(race, server.port());
                RaceClients clients = RaceClients.start(race.side() == Race.Side.EVENKEEL, properties(race))) {
            calls = call(race, ways, clients);
            replays = clients.isEvenkeel() ? clients.leases() - calls.size() : -1;
            closed = clients.closed();
        }
        return RaceResult.of(race, attempt, calls, ledger, this.stalls, replays, closed);
    }

    private static Map<String, Object> properties(Race race) {
        Map<String, Object> properties = new HashMap<>();
        if (race.maxSize() > 0) {
            properties.put("evenkeel.pool.max-size", race.maxSize());
        }
        if (race.server().isErratic()) {
            // A server that is stopped may leave a request without any answer, and without an end.
            properties.put("spring.http.clients.read-timeout", "3s");
        }
        return properties;
    }

    private static List<Call> call(Race race, Ways ways, RaceClients clients) throws InterruptedException {
        RestClient shared = clients.build();
        long start = System.nanoTime();
        List<Lane> lanes = new ArrayList<>();
        for (int lane = 0; lane < race.lanes(); lane++) {
            int route = (race.paths() == Race.Paths.OWN) ? lane : 0;
            lanes.add(new Lane(
                    lane,
                    race.clientPerLane() ? clients.build() : shared,
                    ways.url(route),
                    route,
                    (race.paths() == Race.Paths.OWN) ? Pace.own(race, lane) : Pace.together(race, lane, start),
                    race.calls()));
        }
        ExecutorService threads = race.virtualThreads() ? virtualThreads() : Executors.newCachedThreadPool();
        try {
            return join(threads.invokeAll(lanes));
        } finally {
            threads.shutdownNow();
        }
    }

    /** {@return virtual threads from JDK 21 on, before that platform threads} */
    private static ExecutorService virtualThreads() {
        try {
            return (ExecutorService)
                    Executors.class.getMethod("newVirtualThreadPerTaskExecutor").invoke(null);
        } catch (NoSuchMethodException ex) {
            return Executors.newCachedThreadPool();
        } catch (IllegalAccessException | InvocationTargetException ex) {
            throw new IllegalStateException("No virtual threads", ex);
        }
    }

    private static <T> List<T> join(List<Future<List<T>>> parts) throws InterruptedException {
        List<T> all = new ArrayList<>();
        for (Future<List<T>> part : parts) {
            try {
                all.addAll(part.get());
            } catch (ExecutionException ex) {
                throw new IllegalStateException("A race broke off", ex.getCause());
            }
        }
        return all;
    }

    /** The ports that lanes call: the server's own, or those of proxies in front of it. */
    private static final class Ways implements AutoCloseable {

        private final String scheme;
        private final int port;
        private final List<DelayProxy> proxies = new ArrayList<>();

        Ways(Race race, int port) {
            this.scheme = race.tls() ? "https" : "http";
            this.port = port;
            Duration delay = race.roundTrip().dividedBy(2);
            int routes = (race.paths() == Race.Paths.OWN) ? race.lanes() : delay.isZero() ? 0 : 1;
            for (int route = 0; route < routes; route++) {
                this.proxies.add(DelayProxy.to(port, delay));
            }
        }

        String url(int route) {
            int reached =
                    this.proxies.isEmpty() ? this.port : this.proxies.get(route).port();
            return this.scheme + "://127.0.0.1:" + reached + "/calls";
        }

        @Override
        public void close() {
            this.proxies.forEach(DelayProxy::close);
        }
    }
}
