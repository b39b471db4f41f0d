// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.BySide;
import io.evenkeel.sample.experiment.support.Choice;
import io.evenkeel.sample.experiment.support.Experiment;
import io.evenkeel.sample.experiment.support.Failures;
import io.evenkeel.sample.upstream.DrippingUpstream;
import io.evenkeel.sample.upstream.Side;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.core.env.Environment;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;
import org.springframework.web.server.ResponseStatusException;

/**
 * Impatient callers of this application, which calls a slow server to answer them: two hops. The callers say how long they will
 * wait ({@code Expect-Within}) and leave then. Who goes on behind them works for nobody.
 */
@RestController
class TwoHops {

    /** How much longer than the server needs it is waited for the end. */
    private static final Duration MARGIN = Duration.ofSeconds(3);

    private final Clients clients;
    private final DrippingUpstream upstream;
    private final Environment environment;
    private final Map<Side, Hop> hops = new ConcurrentHashMap<>();

    TwoHops(Clients clients, DrippingUpstream upstream, Environment environment) {
        this.clients = clients;
        this.upstream = upstream;
        this.environment = environment;
    }

    BySide<Result> run(Settings settings, Experiment.Progress progress) throws InterruptedException {
        try (Clients.SampleClient stock = clients.open(Side.STOCK);
                Clients.SampleClient evenkeel = clients.open(Side.EVENKEEL)) {
            BySide<Hop> sides = new BySide<>(
                    new Hop(Side.STOCK, stock.http(), settings), new Hop(Side.EVENKEEL, evenkeel.http(), settings));
            for (Side side : Side.values()) {
                upstream.reset(side);
                hops.put(side, sides.get(side));
            }
            HttpClient caller = HttpClient.newHttpClient();
            try (Workers one = start(caller, Side.STOCK, settings);
                    Workers other = start(caller, Side.EVENKEEL, settings)) {
                watch(settings, sides, progress);
            } finally {
                hops.clear();
            }
            return sides.map(Hop::result);
        }
    }

    private Workers start(HttpClient caller, Side side, Settings settings) {
        return Workers.start("hops-" + side.id(), settings.calls(), number -> call(caller, side, settings));
    }

    /** What a caller does: it says how long it will wait, and leaves then. */
    private void call(HttpClient caller, Side side, Settings settings) {
        Duration patience = Duration.ofMillis(settings.patience());
        String front = "http://127.0.0.1:%s/hops/%s".formatted(environment.getProperty("local.server.port"), side.id());
        HttpRequest request = HttpRequest.newBuilder(URI.create(front))
                .header(DrippingUpstream.DEADLINE, Double.toString(settings.patience() / 1000.0))
                .timeout(patience)
                .build();
        try {
            caller.send(request, HttpResponse.BodyHandlers.discarding());
        } catch (IOException ex) {
            // It has left, as it said.
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private static void watch(Settings settings, BySide<Hop> sides, Experiment.Progress progress)
            throws InterruptedException {
        Duration longest = Duration.ofSeconds(settings.seconds()).plus(MARGIN);
        long start = System.nanoTime();
        double done = 0;
        while (done < 1 && !(sides.stock().isOver() && sides.evenkeel().isOver())) {
            Thread.sleep(50);
            done = (double) (System.nanoTime() - start) / longest.toNanos();
            progress.report(Math.min(done, 1), sides.map(Hop::result));
        }
    }

    /** The first hop: this application, which answers with what the slow server says. */
    @GetMapping("/hops/{side}")
    String answer(@PathVariable Side side) {
        Hop hop = hops.get(side);
        if (hop == null) {
            throw new ResponseStatusException(HttpStatus.NOT_FOUND, "No experiment with hops is running");
        }
        return hop.answer();
    }

    /**
     * How many callers there are, for how many milliseconds they wait, and for how many seconds the server answers.
     */
    record Settings(int calls, int patience, int seconds) {

        Settings {
            Choice.within("calls", 1, 50, calls);
            Choice.within("patience", 200, 5000, patience);
            Choice.within("seconds", 1, 10, seconds);
        }
    }

    /** One side of the first hop. Thread-safe. */
    private final class Hop {

        private final Side side;
        private final RestClient client;
        private final Settings settings;
        private final Failures failures = new Failures();
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger ended = new AtomicInteger();
        private final AtomicLong nanos = new AtomicLong();

        Hop(Side side, RestClient client, Settings settings) {
            this.side = side;
            this.client = client;
            this.settings = settings;
        }

        String answer() {
            begun.incrementAndGet();
            long start = System.nanoTime();
            try {
                URI uri = upstream.uri(side).resolve("/" + 10 * settings.seconds());
                return String.valueOf(client.get().uri(uri).retrieve().body(String.class));
            } catch (RestClientException ex) {
                failures.add(ex);
                return "too late";
            } finally {
                nanos.addAndGet(System.nanoTime() - start);
                ended.incrementAndGet();
            }
        }

        boolean isOver() {
            return ended.get() == settings.calls();
        }

        Result result() {
            int over = ended.get();
            long millis = nanos.get() / 1_000_000;
            List<Failures.Failure> failed = failures.list();
            return new Result(
                    settings.calls(),
                    begun.get() - over,
                    Failures.total(failed),
                    failed,
                    (over == 0) ? 0 : millis / over,
                    Math.max(0, millis - (long) over * settings.patience()),
                    upstream.deadline(side).orElse(""),
                    upstream.finished(side));
        }
    }

    /**
     * Where it stands: {@code millis} is what the calls of this application took on average, {@code wastedMillis} how much of it
     * all was behind the back of callers that had left, {@code told} the deadline that the server heard of.
     */
    record Result(
            int calls,
            int running,
            long failed,
            List<Failures.Failure> failures,
            long millis,
            long wastedMillis,
            String told,
            int finishedAtServer) {}
}
