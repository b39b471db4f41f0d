// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.race.QuietLogs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/**
 * Calls of every kind, of servers with every fault, by callers with every bad habit, for a long time; and nothing may
 * come of it that {@link Finding} lists. To start it, from the root of the project:
 *
 * <pre>
 * ./mvnw -q -pl autoconfigure test-compile dependency:build-classpath -Dmdep.outputFile=target/test.classpath
 * java -cp autoconfigure/target/test-classes:autoconfigure/target/classes:$(cat autoconfigure/target/test.classpath) \
 *     -Dseconds=600 io.evenkeel.soak.Soak
 * </pre>
 *
 * <p>It ends with exit code 1 if something was found. System properties: {@code seconds} (600), {@code threads} (32),
 * {@code virtual} (true on 21 and newer), {@code seed}, {@code limit} (30), the seconds after which a call that has not
 * ended never will, and, to find out what brings something about, {@code without}: names of {@link Fault}, {@link Ending}
 * and {@link Trouble}, and {@code BROKEN_UPLOAD}, separated by commas.
 */
public final class Soak {

    private static final Duration WARM_UP = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration TICK = Duration.ofMillis(200);
    private static final Duration SHORTEST_LIFE_OF_A_CLIENT = Duration.ofSeconds(1);
    private static final Duration LONGEST_LIFE_OF_A_CLIENT = Duration.ofSeconds(10);
    private static final Duration BETWEEN_COLLECTIONS = Duration.ofSeconds(2);

    private final SoakSettings settings;
    private final Stage stage;
    private final Retirement retirement;
    private final Random random;
    private final AtomicReference<SoakClient> client = new AtomicReference<>();
    private final long start = System.nanoTime();
    private int names;
    private int clients;
    private long minutes;

    private Soak(SoakSettings settings, Stage stage, Random random) {
        this.settings = settings;
        this.stage = stage;
        this.retirement = new Retirement(stage, settings.limit(), PATIENCE);
        this.random = random;
    }

    /** Runs it as the system properties say. */
    public static void main(String[] args) throws Exception {
        boolean clean;
        try (QuietLogs quiet = new QuietLogs()) {
            clean = run(SoakSettings.ofProperties()).isEmpty();
        }
        System.exit(clean ? 0 : 1);
    }

    /** Runs it and prints what came out. */
    static Findings run(SoakSettings settings) throws IOException, InterruptedException {
        System.out.println(settings);
        Random random = new Random(settings.seed());
        try (Stage stage =
                new Stage(settings.limit(), List.of(FaultyServer.Manners.values()), settings.answersAs(), random)) {
            Soak soak = new Soak(settings, stage, random);
            soak.run();
            System.out.println(soak.report());
            return stage.findings();
        }
    }

    private void run() throws InterruptedException {
        phase(WARM_UP);
        Leftovers before = new Leftovers(PATIENCE);
        phase(this.settings.duration());
        this.stage.ledger().judgeCrossings();
        this.stage.ledger().forgetAll();
        before.look(this.stage.ports(), this.stage.findings());
    }

    /** Everybody calls for so long, with one client after the other. */
    private void phase(Duration duration) throws InterruptedException {
        this.client.set(new SoakClient());
        this.clients++;
        this.stage.over(false);
        List<Thread> callers = startCallers();
        // A client that has to come to rest takes a second for that.
        long life = Math.max(
                SHORTEST_LIFE_OF_A_CLIENT.toNanos(),
                Math.min(LONGEST_LIFE_OF_A_CLIENT.toNanos(), duration.toNanos() / 4));
        long end = System.nanoTime() + duration.toNanos();
        long nextClient = System.nanoTime() + life;
        long nextCollection = System.nanoTime();
        while (System.nanoTime() < end) {
            LockSupport.parkNanos(TICK.toNanos());
            if (System.nanoTime() > nextClient) {
                changeClient();
                nextClient = System.nanoTime() + life;
            }
            if (System.nanoTime() > nextCollection) {
                // It finds the answers that were dropped.
                System.gc();
                nextCollection = System.nanoTime() + BETWEEN_COLLECTIONS.toNanos();
            }
            this.stage.ledger().forgetOld();
            printEachMinute();
        }
        this.stage.over(true);
        Leftovers.eventually(this.settings.limit(), () -> callers.stream().noneMatch(Thread::isAlive));
        retire(this.client.getAndSet(null), true);
    }

    private List<Thread> startCallers() {
        ThreadFactory threads = this.settings.threadFactory();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < this.settings.threads(); i++) {
            callers.add(threads.newThread(
                    new Caller(name(), this.stage, this.settings.without(), this.client::get, this.random.nextLong())));
        }
        callers.add(threads.newThread(healthyCaller()));
        callers.forEach(Thread::start);
        return callers;
    }

    private String name() {
        return String.valueOf(this.names++);
    }

    private HealthyCaller healthyCaller() {
        return new HealthyCaller(name(), this.stage, this.client::get, this.random.nextLong());
    }

    /** Every other one is closed while its calls are running. */
    private void changeClient() throws InterruptedException {
        SoakClient former = this.client.getAndSet(new SoakClient());
        this.clients++;
        retire(former, this.clients % 2 == 0);
    }

    private void retire(SoakClient former, boolean inPeace) throws InterruptedException {
        if (inPeace) {
            this.retirement.settle(former, healthyCaller());
        }
        this.retirement.close(former::close);
    }

    private void printEachMinute() {
        long now = Duration.ofNanos(System.nanoTime() - this.start).toMinutes();
        if (now > this.minutes) {
            this.minutes = now;
            SoakClient current = this.client.get();
            System.out.println(
                    "%2d min: %d calls, %d ok, %d clients; now %d leased, %d waiting, %d idle, %d descriptors, %d MB; found: %s"
                            .formatted(
                                    now,
                                    this.stage.faults().all(),
                                    this.stage.faults().outcomes("ok"),
                                    this.clients,
                                    current.leased(),
                                    current.waiting(),
                                    current.idle(),
                                    Leftovers.descriptors(),
                                    Leftovers.heap() >> 20,
                                    this.stage.findings()));
        }
    }

    private String report() {
        return String.join(
                System.lineSeparator(),
                "",
                this.stage.faults().table(),
                this.stage.callers().table(),
                "%d calls in %d s with %d clients; the servers %s"
                        .formatted(
                                this.stage.faults().all(),
                                Duration.ofNanos(System.nanoTime() - this.start).toSeconds(),
                                this.clients,
                                this.stage.ledger()),
                "",
                this.stage.findings().table());
    }
}
