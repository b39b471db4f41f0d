// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetirementTests {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration IMPATIENCE = Duration.ofMillis(300);

    private SoakClient client;
    private Stage stage;

    @BeforeEach
    void begin() throws IOException {
        this.client = new SoakClient();
        this.stage = new Stage(PATIENCE, List.of(FaultyServer.Manners.HEALTHY), id -> id, new Random(1));
    }

    @AfterEach
    void end() {
        this.client.close();
        this.stage.close();
    }

    @Test
    void findsNothingInAClientThatWasUsedAsItShouldBe() throws Exception {
        execute().close();

        settle(PATIENCE);
        retirement(PATIENCE).close(this.client::close);

        assertThat(this.stage.findings().isEmpty())
                .as(this.stage.findings().table())
                .isTrue();
    }

    @Test
    void findsAConnectionThatDoesNotComeBack() throws Exception {
        try (ClassicHttpResponse held = execute()) {
            settle(IMPATIENCE);

            assertThat(held.getCode()).isEqualTo(200);
        }
        assertThat(this.stage.findings().count(Finding.LEASES_LEFT)).isOne();
    }

    @Test
    void findsNextCallsThatFail() {
        this.stage.servers().forEach(FaultyServer::close);

        settle(IMPATIENCE);

        assertThat(this.stage.findings().count(Finding.HEALTHY_CALL_FAILED)).isEqualTo(3);
    }

    @Test
    void findsAClientThatCannotBeClosed() throws InterruptedException {
        CountDownLatch closed = new CountDownLatch(1);

        retirement(IMPATIENCE).close(() -> {
            try {
                closed.await();
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
            }
        });

        closed.countDown();
        assertThat(this.stage.findings().count(Finding.CLOSE_WITHOUT_END)).isOne();
    }

    private ClassicHttpResponse execute() throws IOException {
        Order order = new Order("1", this.stage.servers().get(0), Fault.OK, "GET", false, Upload.NONE, 100_000);
        return this.client.http().executeOpen(null, new HttpGet(order.uri()), null);
    }

    private void settle(Duration patience) {
        HealthyCaller next = new HealthyCaller("next", this.stage, () -> this.client, 1);
        retirement(patience).settle(this.client, next);
    }

    private Retirement retirement(Duration patience) {
        return new Retirement(this.stage, patience, patience);
    }
}
