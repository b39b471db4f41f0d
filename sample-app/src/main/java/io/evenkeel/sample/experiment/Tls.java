// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.BySide;
import io.evenkeel.sample.experiment.support.Choice;
import io.evenkeel.sample.experiment.support.Experiment;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.TlsUpstream;
import org.springframework.stereotype.Component;

/** Builds client after client for the same SSL bundle, as code does that makes a client for every job. */
@Component
class Tls {

    private final Clients clients;
    private final TlsUpstream upstream;

    Tls(Clients clients, TlsUpstream upstream) {
        this.clients = clients;
        this.upstream = upstream;
    }

    BySide<TlsSide.Result> run(Settings settings, Experiment.Progress progress) throws InterruptedException {
        BySide<TlsSide> sides = BySide.of(side -> new TlsSide(clients, upstream, side, settings));
        sides.stock().warmUp();
        sides.evenkeel().warmUp();
        for (int number = 0; number < settings.clients(); number++) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            // Turn by turn, so that both meet the same machine: the JVM gets faster while it runs.
            Side first = (number % 2 == 0) ? Side.STOCK : Side.EVENKEEL;
            sides.get(first).useNewClient();
            sides.get((first == Side.STOCK) ? Side.EVENKEEL : Side.STOCK).useNewClient();
            progress.report((number + 1.0) / settings.clients(), sides.map(TlsSide::result));
        }
        return sides.map(TlsSide::result);
    }

    /**
     * How many clients are built, one after the other, and whether the server keeps the connection after its response: if it
     * does not, every client has to make a handshake, and it shows whether it is resumed.
     */
    record Settings(int clients, boolean keepAlive) {

        Settings {
            Choice.within("clients", 1, 500, clients);
        }

        String path() {
            return keepAlive ? "/keep" : "/close";
        }
    }
}
