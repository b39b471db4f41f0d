// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import io.evenkeel.race.RaceClients;
import io.micrometer.core.instrument.Gauge;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/**
 * Fifty applications with a client each, which call one server ten times a second each: a call is due at a random moment of each
 * tenth of a second, whatever has become of the others. So every second has the same number of calls, and what varies in the load of
 * the server is not chance.
 */
final class Fleet implements AutoCloseable {

    static final int INSTANCES = 50;

    static final int CALLS_PER_SECOND = 10;

    /** Calls a second. */
    static final int RATE = INSTANCES * CALLS_PER_SECOND;

    /** Longer than the slowest policy takes, which waits for four read timeouts. */
    static final Duration LIMIT = Duration.ofSeconds(5);

    static final long SEED = 13;

    private static final long SECOND = 1_000_000_000L;

    private static final long TOO_LATE = TimeUnit.MILLISECONDS.toNanos(100);

    private final Policy policy;
    private final Script script;
    private final ServerProcess server;
    private final ExecutorService threads;
    private final List<Instance> instances = new ArrayList<>();
    private final int[] due = new int[Tally.SECONDS];
    private final AtomicIntegerArray succeeded = new AtomicIntegerArray(Tally.SECONDS);
    private final double[] budget = new double[Tally.SECONDS];
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger late = new AtomicInteger();
    private final Random random = new Random(SEED);

    private record Instance(RaceClients application, RestClient client, Retrying retrying) {}

    Fleet(Policy policy, Script script, ExecutorService threads) throws IOException {
        this.policy = policy;
        this.script = script;
        this.threads = threads;
        this.server = new ServerProcess(script);
        Map<String, Object> properties = new LinkedHashMap<>(policy.properties());
        properties.put("spring.http.clients.read-timeout", "1s");
        for (int i = 0; i < INSTANCES; i++) {
            RaceClients application = RaceClients.start(true, properties);
            this.instances.add(new Instance(application, application.build(), policy.newRetrying()));
        }
    }

    /**
     * Makes the calls. They go on for some time after those that count, so that none of these succeeds because the load is over.
     *
     * @param most seconds that the run takes
     * @param afterwards seconds from the moment in which calls succeed again, after which it may end earlier
     */
    Run run(int most, int afterwards) throws IOException, InterruptedException {
        long lead = 1_000;
        this.server.startAt(System.currentTimeMillis() + lead);
        long start = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(lead);
        int second = 0;
        while (second < most && !isOver(second, afterwards)) {
            makeCalls(start, second);
            this.budget[second] = budgetLeft();
            second++;
        }
        int length = second;
        while (second < length + LIMIT.toSeconds()) {
            makeCalls(start, second);
            second++;
        }
        awaitCalls();
        int[][] counted = this.server.stop();
        return new Run(
                this.policy,
                this.script,
                length,
                this.due,
                copy(this.succeeded),
                column(counted, 0),
                column(counted, 1),
                column(counted, 2),
                column(counted, 3),
                this.budget,
                attempts("retry"),
                attempts("replay"),
                denied(),
                this.late.get());
    }

    private void awaitCalls() {
        long begin = System.nanoTime();
        while (this.running.get() > 0 && System.nanoTime() - begin < LIMIT.toNanos()) {
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private boolean isOver(int second, int afterwards) {
        OptionalInt untilGood = Seconds.untilGood(this.due, copy(this.succeeded), this.script.troubleUntil());
        return untilGood.isPresent() && second >= this.script.troubleUntil() + untilGood.getAsInt() + afterwards;
    }

    /** All of one second: in each slot, all instances at moments of their own. */
    private void makeCalls(long start, int second) {
        long slot = SECOND / CALLS_PER_SECOND;
        for (int i = 0; i < CALLS_PER_SECOND; i++) {
            long begin = start + second * SECOND + i * slot;
            long[] moments =
                    this.random.longs(INSTANCES, begin, begin + slot).sorted().toArray();
            int first = this.random.nextInt(INSTANCES);
            for (int j = 0; j < INSTANCES; j++) {
                Instance instance = this.instances.get((first + j) % INSTANCES);
                long moment = moments[j];
                for (long left = moment - System.nanoTime(); left > 0; left = moment - System.nanoTime()) {
                    LockSupport.parkNanos(left);
                }
                this.due[second]++;
                this.running.incrementAndGet();
                this.threads.execute(() -> call(instance, moment, second));
            }
        }
    }

    private void call(Instance instance, long moment, int second) {
        boolean isLate = System.nanoTime() - moment > TOO_LATE;
        if (isLate) {
            this.late.incrementAndGet();
        }
        try {
            instance.retrying.run(() ->
                    instance.client.get().uri(this.server.url()).retrieve().toBodilessEntity());
            if (!isLate && System.nanoTime() - moment <= LIMIT.toNanos()) {
                this.succeeded.incrementAndGet(second);
            }
        } catch (RestClientException ex) {
            // It counts as failed.
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        } finally {
            this.running.decrementAndGet();
        }
    }

    private double budgetLeft() {
        return this.instances.stream()
                .map(each ->
                        each.application.meters().find("evenkeel.retry.budget").gauge())
                .mapToDouble(Fleet::shareLeft)
                .average()
                .orElse(1);
    }

    /** There is no gauge before the first retry. */
    private static double shareLeft(Gauge gauge) {
        return (gauge == null) ? 1 : gauge.value();
    }

    private int attempts(String kind) {
        return this.instances.stream()
                .flatMap(
                        each -> each.application.meters().find("evenkeel.attempts").tag("kind", kind).timers().stream())
                .mapToInt(timer -> (int) timer.count())
                .sum();
    }

    private int denied() {
        return this.instances.stream()
                .flatMap(each ->
                        each
                                .application
                                .meters()
                                .find("evenkeel.retry.denied")
                                .tag("reason", "budget")
                                .counters()
                                .stream())
                .mapToInt(counter -> (int) counter.count())
                .sum();
    }

    private static int[] copy(AtomicIntegerArray counts) {
        int[] copy = new int[counts.length()];
        for (int i = 0; i < copy.length; i++) {
            copy[i] = counts.get(i);
        }
        return copy;
    }

    private static int[] column(int[][] counted, int column) {
        int[] values = new int[counted.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = counted[i][column];
        }
        return values;
    }

    @Override
    public void close() {
        this.server.close();
        this.instances.forEach(each -> each.application.close());
    }
}
