// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.race.QuietLogs;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;

/**
 * One thread reads a body to its end, another one closes the answer, and the rest of the body arrives in the same two
 * milliseconds. Whoever is first: both end at once, no connection is lost, and nobody else notices. With and without TLS,
 * with a length, in chunks and compressed, with RestClient and with HttpClient.
 *
 * <p>{@code main} exits with 1 if something was found; {@code -Drounds=20000}, {@code -Dlimit=1}: seconds that a close, or
 * a call, may take; {@code -Dseed}. It is started as {@link Soak} is.
 */
public final class CloseWhileReading {

    private static final int LANES = 4;

    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private static final List<Fault> BODIES =
            List.of(Fault.LATE_REST, Fault.LATE_REST_IN_CHUNKS, Fault.LATE_REST_GZIPPED);

    private final Stage stage;
    private final SoakClient client;
    private final AtomicInteger rounds;

    private CloseWhileReading(Stage stage, SoakClient client, int rounds) {
        this.stage = stage;
        this.client = client;
        this.rounds = new AtomicInteger(rounds);
    }

    /** Runs it as the system properties say. */
    public static void main(String[] args) throws Exception {
        boolean clean;
        try (QuietLogs quiet = new QuietLogs()) {
            clean = run(
                            Integer.getInteger("rounds", 20_000),
                            Duration.ofSeconds(Integer.getInteger("limit", 1)),
                            Long.getLong("seed", System.nanoTime()))
                    .isEmpty();
        }
        System.exit(clean ? 0 : 1);
    }

    /** Runs it, until something is found, and prints what came out. */
    static Findings run(int rounds, Duration limit, long seed) throws IOException, InterruptedException {
        System.out.println(
                "Java %d, %d rounds, seed %d".formatted(Runtime.version().feature(), rounds, seed));
        Random random = new Random(seed);
        try (Stage stage = new Stage(limit, List.of(FaultyServer.Manners.HEALTHY), id -> id, random)) {
            SoakClient client = new SoakClient();
            CloseWhileReading harness = new CloseWhileReading(stage, client, rounds);
            harness.run(random);
            Retirement retirement = new Retirement(stage, limit, PATIENCE);
            retirement.settle(client, new HealthyCaller("last", stage, () -> client, random.nextLong()));
            retirement.close(client::close);
            System.out.println(stage.callers().table());
            System.out.println(stage.findings().table());
            return stage.findings();
        }
    }

    private void run(Random random) throws InterruptedException {
        List<Thread> lanes = new ArrayList<>();
        for (int lane = 0; lane < LANES; lane++) {
            String name = String.valueOf(lane);
            Random own = new Random(random.nextLong());
            HealthyCaller next = new HealthyCaller("next" + lane, this.stage, () -> this.client, random.nextLong());
            Thread thread = new Thread(() -> lane(name, next, own), "soak-lane");
            thread.setDaemon(true);
            thread.start();
            lanes.add(thread);
        }
        for (Thread lane : lanes) {
            while (lane.isAlive() && this.stage.findings().isEmpty()) {
                lane.join(100);
            }
        }
    }

    private void lane(String name, HealthyCaller next, Random random) {
        List<FaultyServer> servers = this.stage.servers();
        for (int i = 0;
                this.rounds.getAndDecrement() > 0 && this.stage.findings().isEmpty();
                i++) {
            FaultyServer server = servers.get(i % servers.size());
            Fault body = BODIES.get(i / servers.size() % BODIES.size());
            Order order = new Order(name + "-" + i, server, body, "GET", false, Upload.NONE, random.nextInt(5_000));
            boolean rest = random.nextBoolean();
            String outcome;
            this.client.begun();
            try (var watch = this.stage.watch(order.toString())) {
                Scene scene = this.stage.scene(this.client, order, random);
                outcome = rest ? exchange(scene) : execute(scene);
            } catch (IOException | RuntimeException ex) {
                outcome = Outcome.ofHealthy(ex, order.toString(), this.stage.findings());
            } finally {
                this.client.ended();
            }
            this.stage.callers().add(server + " " + body + " " + (rest ? "RestClient" : "HttpClient"), outcome);
            next.call(this.client, server);
        }
    }

    private String exchange(Scene scene) {
        return scene.client()
                .patient()
                .get()
                .uri(scene.order().uri())
                .exchange((request, response) -> Ending.CLOSED_BY_ANOTHER.of(Answer.of(response), scene), false);
    }

    private String execute(Scene scene) throws IOException {
        ClassicHttpResponse response = scene.client()
                .http()
                .executeOpen(null, new HttpGet(scene.order().uri()), null);
        return Ending.CLOSED_BY_ANOTHER.of(Answer.of(response, scene.random().nextBoolean()), scene);
    }
}
