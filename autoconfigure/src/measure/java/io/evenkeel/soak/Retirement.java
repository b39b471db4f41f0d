// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The end of a client that nobody uses any more. */
final class Retirement {

    private final Stage stage;
    private final Duration limit;
    private final Duration patience;

    /**
     * @param limit after which a call that has not ended never will
     * @param patience time for anything else
     */
    Retirement(Stage stage, Duration limit, Duration patience) {
        this.stage = stage;
        this.limit = limit;
        this.patience = patience;
    }

    /** All connections come back, the next calls succeed, and the client comes to rest. */
    void settle(SoakClient client, HealthyCaller next) {
        // Who does not end is reported by the watchdog.
        Leftovers.eventually(this.limit, () -> client.calls() == 0 || hasCallWithoutEnd());
        require(this.patience, () -> client.leased() == 0, Finding.LEASES_LEFT, client);
        require(this.patience, () -> client.waiting() == 0, Finding.WAITERS_LEFT, client);
        List<FaultyServer> calm =
                this.stage.servers().stream().filter(server -> !server.isRude()).toList();
        calm.forEach(server -> next.call(client, server));
        require(SoakClient.MOST_IDLE.plus(this.patience), () -> client.idle() == 0, Finding.IDLE_LEFT, client);
    }

    private boolean hasCallWithoutEnd() {
        return this.stage.findings().count(Finding.CALL_WITHOUT_END) > 0;
    }

    private void require(Duration patience, BooleanSupplier condition, Finding otherwise, SoakClient client) {
        if (!Leftovers.eventually(patience, condition)) {
            this.stage.findings().add(otherwise, client.routes().toString());
        }
    }

    void close(Runnable closing) throws InterruptedException {
        Thread closer = new Thread(closing, "soak-closer");
        closer.setDaemon(true);
        closer.start();
        closer.join(this.patience.toMillis());
        if (closer.isAlive()) {
            this.stage.findings().add(Finding.CLOSE_WITHOUT_END, Watchdog.stack(closer));
        }
    }
}
