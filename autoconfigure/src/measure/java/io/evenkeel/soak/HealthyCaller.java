// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.error.AcquireTimeoutException;
import io.evenkeel.error.EvenkeelException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.RestClient;

/**
 * A caller without a fault that calls a server without one, on the routes on which the others misbehave. Nothing that
 * they do may be noticed here, but for the time in which they have all connections.
 */
final class HealthyCaller implements Runnable {

    private static final long PACE_NANOS = Duration.ofMillis(10).toNanos();

    private final String name;
    private final Stage stage;
    private final Supplier<SoakClient> clients;
    private final Random random;
    private int calls;

    /** @param name unique */
    HealthyCaller(String name, Stage stage, Supplier<SoakClient> clients, long seed) {
        this.name = name;
        this.stage = stage;
        this.clients = clients;
        this.random = new Random(seed);
    }

    @Override
    public void run() {
        List<FaultyServer> servers =
                this.stage.servers().stream().filter(FaultyServer::isHealthy).toList();
        while (!this.stage.isOver()) {
            LockSupport.parkNanos(PACE_NANOS);
            SoakClient client = this.clients.get();
            client.begun();
            try {
                call(client, servers.get(this.random.nextInt(servers.size())));
            } finally {
                client.ended();
            }
        }
    }

    /** Calls, and it is a finding if that fails. */
    void call(SoakClient client, FaultyServer server) {
        String id = this.name + "-" + this.calls++;
        List<Fault> faults = Fault.good();
        String method = this.random.nextBoolean() ? "GET" : "POST";
        Order order = new Order(
                id, server, faults.get(this.random.nextInt(faults.size())), method, false, Upload.NONE, 2_000);
        String outcome;
        try (var watch = this.stage.watch(order.toString())) {
            RestClient.RequestBodySpec request =
                    client.patient().method(HttpMethod.valueOf(method)).uri(order.uri());
            ResponseEntity<byte[]> answer = request.retrieve().toEntity(byte[].class);
            byte[] body = answer.getBody();
            outcome = this.stage
                    .scene(client, order, this.random)
                    .check(
                            answer.getStatusCode().value(),
                            String.valueOf(answer.getHeaders().getFirst(FaultyServer.ID)),
                            (body != null) ? body : new byte[0]);
        } catch (RuntimeException ex) {
            outcome = Outcome.ofHealthy(ex, order.toString(), this.stage.findings());
            boolean allTaken = EvenkeelException.in(ex).orElse(null) instanceof AcquireTimeoutException;
            if (!allTaken && !client.isClosing()) {
                this.stage.findings().add(Finding.HEALTHY_CALL_FAILED, order + ": " + ex + " <- " + ex.getCause());
            }
        }
        this.stage.callers().add("(healthy)", outcome);
    }
}
