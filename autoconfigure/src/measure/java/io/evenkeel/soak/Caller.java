// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientResponseException;

/** Calls, one call after the other, and deals with each in some way that callers have been seen to. */
final class Caller implements Runnable {

    private final String name;
    private final Stage stage;
    private final List<Fault> faults;
    private final List<Ending> endings;
    private final List<Trouble> troubles;
    private final boolean breaksUploads;
    private final Supplier<SoakClient> clients;
    private final Random random;
    private int calls;

    /**
     * @param name unique
     * @param without names of what is left out
     */
    Caller(String name, Stage stage, Set<String> without, Supplier<SoakClient> clients, long seed) {
        this.name = name;
        this.stage = stage;
        this.faults = all(Fault.values(), without);
        this.endings = all(Ending.values(), without);
        this.troubles = all(Trouble.values(), without);
        this.breaksUploads = !without.contains("BROKEN_UPLOAD");
        this.clients = clients;
        this.random = new Random(seed);
    }

    private static <E extends Enum<E>> List<E> all(E[] values, Set<String> without) {
        return Arrays.stream(values)
                .filter(value -> !without.contains(value.name()))
                .toList();
    }

    @Override
    public void run() {
        while (!this.stage.isOver()) {
            SoakClient client = this.clients.get();
            client.begun();
            Order order = order();
            String outcome;
            Ending ending = ending(order);
            Trouble trouble = chance(0.85) ? Trouble.NONE : pick(this.troubles);
            String call = order + ", " + ending + ", " + trouble;
            try (var watch = this.stage.watch(call)) {
                outcome = call(this.stage.scene(client, order, this.random), ending, trouble);
            } catch (IOException | RuntimeException | Error ex) {
                outcome = order.server().isHealthy()
                        ? Outcome.ofHealthy(ex, call, this.stage.findings())
                        : Outcome.of(ex, call, this.stage.findings());
            } finally {
                client.ended();
                // It is for this call only.
                Thread.interrupted();
            }
            this.stage.faults().add(order.fault().name(), outcome);
            this.stage.callers().add((trouble == Trouble.NONE) ? ending.name() : trouble.name(), outcome);
        }
    }

    private boolean chance(double probability) {
        return this.random.nextDouble() < probability;
    }

    private Ending ending(Order order) {
        Ending ending = chance(0.5) ? Ending.READ_ALL : pick(this.endings);
        return (ending == Ending.DROP && !this.stage.mayDrop(order.server())) ? Ending.READ_ALL : ending;
    }

    private Order order() {
        FaultyServer server = pick(this.stage.servers());
        if (server.isRude() && chance(0.8)) {
            // Most of what is dialed there takes its time.
            server = this.stage.servers().get(0);
        }
        Fault fault = pick((server.isHealthy() || chance(0.3)) ? Fault.good() : this.faults);
        if (fault.takesLong() && chance(0.8)) {
            fault = Fault.OK;
        }
        return Order.random(this.name + "-" + this.calls++, server, fault, this.breaksUploads, this.random);
    }

    private <T> T pick(List<T> all) {
        return all.get(this.random.nextInt(all.size()));
    }

    private String call(Scene scene, Ending ending, Trouble trouble) throws IOException {
        return switch (trouble) {
            case NONE -> call(scene, ending);
            case INTERRUPT -> {
                try (var interruption = scene.interrupt(30)) {
                    yield call(scene, ending);
                }
            }
            case INTERRUPTED_BEFORE -> {
                Thread.currentThread().interrupt();
                yield call(scene, ending);
            }
            case CANCEL -> {
                HttpUriRequestBase request = request(scene.order());
                scene.later(20, "cancel of " + scene.order(), request::cancel);
                yield execute(request, scene, ending);
            }
        };
    }

    private String call(Scene scene, Ending ending) throws IOException {
        return switch (this.random.nextInt(4)) {
            case 0 -> execute(request(scene.order()), scene, ending);
            case 1 -> retrieve(scene);
            default -> exchange(scene, ending);
        };
    }

    private static HttpUriRequestBase request(Order order) {
        HttpUriRequestBase request = new HttpUriRequestBase(order.method(), order.uri());
        request.setEntity(order.upload().entity());
        if (order.keyed()) {
            request.setHeader("Idempotency-Key", order.id());
        }
        return request;
    }

    private String execute(HttpUriRequestBase request, Scene scene, Ending ending) throws IOException {
        ClassicHttpResponse response = scene.client().http().executeOpen(null, request, null);
        return ending.of(Answer.of(response, this.random.nextBoolean()), scene);
    }

    private static RestClient.RequestBodySpec prepare(Scene scene) {
        Order order = scene.order();
        RestClient.RequestBodySpec request =
                scene.client().rest().method(HttpMethod.valueOf(order.method())).uri(order.uri());
        order.upload().addTo(request);
        if (order.keyed()) {
            request.header("Idempotency-Key", order.id());
        }
        return request;
    }

    private String retrieve(Scene scene) {
        RestClient.ResponseSpec response = prepare(scene).retrieve();
        try {
            if (this.random.nextInt(4) == 0) {
                response.toBodilessEntity();
                return "given up";
            }
            ResponseEntity<byte[]> answer = response.toEntity(byte[].class);
            byte[] body = answer.getBody();
            String answerTo = answer.getHeaders().getFirst(FaultyServer.ID);
            return scene.check(
                    answer.getStatusCode().value(), String.valueOf(answerTo), (body != null) ? body : new byte[0]);
        } catch (RestClientResponseException ex) {
            // A body that could not be read is not told from none there.
            scene.check(String.valueOf(ex.getResponseHeaders().getFirst(FaultyServer.ID)));
            return String.valueOf(ex.getStatusCode().value());
        }
    }

    private String exchange(Scene scene, Ending ending) {
        return prepare(scene).exchange((request, response) -> ending.of(Answer.of(response), scene), false);
    }
}
