// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import com.sun.management.ThreadMXBean;
import io.evenkeel.race.QuietLogs;
import io.evenkeel.race.RaceClients;
import io.evenkeel.testing.EmbeddedTomcat;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;

/**
 * Compares a whole call of the stock client with one of Evenkeel's: both from {@code RestClient.Builder}, in one JVM,
 * against one Tomcat on this machine. Blocks of calls take turns in the order stock, Evenkeel, Evenkeel, stock, so that
 * drift hits both alike; each such round gives one ratio. Prints the median latency of a call and the bytes that the
 * calling thread allocates for it, and the ratio of Evenkeel to stock: median, quartiles, least and most. Not a test: its figures
 * depend on the machine.
 *
 * <p>System properties: {@code rounds} (20), {@code calls} of each block (500). To start it, see
 * {@code docs/performance.md}.
 */
public final class CallMeasurement {

    private static final int ROUNDS = Integer.getInteger("rounds", 20);
    private static final int CALLS = Integer.getInteger("calls", 500);
    private static final int WARM_UP_ROUNDS = 5;
    private static final Duration KEEP_ALIVE = Duration.ofMinutes(1);

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private CallMeasurement() {}

    /** What a block of calls cost: the median of their latencies, and the mean of their bytes. */
    private record Cost(double micros, double bytes) {

        static Cost mean(Cost one, Cost other) {
            return new Cost((one.micros + other.micros) / 2, (one.bytes + other.bytes) / 2);
        }
    }

    /** One turn of each side. */
    private record Round(Cost stock, Cost evenkeel) {

        double ratio(ToDoubleFunction<Cost> of) {
            return of.applyAsDouble(this.evenkeel) / of.applyAsDouble(this.stock);
        }
    }

    private interface Call {

        void send(RestClient client, String url);
    }

    /** Prints a table. */
    public static void main(String[] args) {
        Map<String, Call> calls = new TreeMap<>(Map.of("GET ", CallMeasurement::get, "POST", CallMeasurement::post));
        try (QuietLogs quiet = new QuietLogs();
                RaceClients stock = RaceClients.start(false, Map.of());
                RaceClients evenkeel = RaceClients.start(true, Map.of())) {
            System.out.printf(
                    "Java %s, %d rounds of 4 blocks of %d calls%n", System.getProperty("java.version"), ROUNDS, CALLS);
            for (boolean tls : new boolean[] {false, true}) {
                try (EmbeddedTomcat server = EmbeddedTomcat.start(tls, KEEP_ALIVE, false, new GreetingServlet())) {
                    String url = (tls ? "https" : "http") + "://127.0.0.1:" + server.port() + "/greeting";
                    calls.forEach((name, call) -> {
                        List<Round> rounds = measure(call, url, stock.build(), evenkeel.build());
                        String kind = (tls ? "HTTPS " : "HTTP  ") + name;
                        print(kind + " latency, us", rounds, Cost::micros);
                        print(kind + " bytes      ", rounds, Cost::bytes);
                    });
                }
            }
        }
    }

    private static List<Round> measure(Call call, String url, RestClient stock, RestClient evenkeel) {
        List<Round> rounds = new ArrayList<>();
        for (int i = 0; i < WARM_UP_ROUNDS + ROUNDS; i++) {
            Cost first = block(call, url, stock);
            Cost second = block(call, url, evenkeel);
            Cost third = block(call, url, evenkeel);
            Cost fourth = block(call, url, stock);
            if (i >= WARM_UP_ROUNDS) {
                rounds.add(new Round(Cost.mean(first, fourth), Cost.mean(second, third)));
            }
        }
        return rounds;
    }

    private static Cost block(Call call, String url, RestClient client) {
        double[] micros = new double[CALLS];
        long thread = Thread.currentThread().getId();
        long allocated = THREADS.getThreadAllocatedBytes(thread);
        for (int i = 0; i < CALLS; i++) {
            long begin = System.nanoTime();
            call.send(client, url);
            micros[i] = (System.nanoTime() - begin) / 1e3;
        }
        double bytes = (THREADS.getThreadAllocatedBytes(thread) - allocated) / (double) CALLS;
        return new Cost(quantile(micros, 0.5), bytes);
    }

    private static void get(RestClient client, String url) {
        client.get().uri(url).retrieve().body(Greeting.class);
    }

    private static void post(RestClient client, String url) {
        client.post()
                .uri(url)
                .contentType(MediaType.APPLICATION_JSON)
                .body(new Greeting("hello", 42))
                .retrieve()
                .body(Greeting.class);
    }

    private static void print(String name, List<Round> rounds, ToDoubleFunction<Cost> of) {
        double[] ratios = rounds.stream().mapToDouble(round -> round.ratio(of)).toArray();
        System.out.printf(
                "%s  stock %8.1f  Evenkeel %8.1f  ratio %.3f (quartiles %.3f to %.3f, all %.3f to %.3f)%n",
                name,
                median(rounds, round -> of.applyAsDouble(round.stock())),
                median(rounds, round -> of.applyAsDouble(round.evenkeel())),
                quantile(ratios, 0.5),
                quantile(ratios, 0.25),
                quantile(ratios, 0.75),
                quantile(ratios, 0),
                quantile(ratios, 1));
    }

    private static double median(List<Round> rounds, ToDoubleFunction<Round> of) {
        return quantile(rounds.stream().mapToDouble(of).toArray(), 0.5);
    }

    private static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }

    /** What travels as JSON. */
    public record Greeting(String text, int number) {}

    private static final class GreetingServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private static final byte[] JSON = "{\"text\":\"hello\",\"number\":42}".getBytes(StandardCharsets.US_ASCII);

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getInputStream().readAllBytes();
            response.setContentType(MediaType.APPLICATION_JSON_VALUE);
            response.setContentLength(JSON.length);
            response.getOutputStream().write(JSON);
        }
    }
}
