// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.BySide;
import io.evenkeel.sample.experiment.support.Choice;
import io.evenkeel.sample.experiment.support.Experiment;
import io.evenkeel.sample.upstream.GatheringUpstream;
import io.evenkeel.sample.upstream.Side;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Many calls at once to a server that answers only when all of them have arrived. */
@Component
class Burst {

    /** How much longer than the server the clients wait, so that they see its refusal. */
    private static final Duration MARGIN = Duration.ofSeconds(2);

    private final Clients clients;
    private final GatheringUpstream upstream;

    Burst(Clients clients, GatheringUpstream upstream) {
        this.clients = clients;
        this.upstream = upstream;
    }

    BySide<BurstSide.Result> run(Settings settings, Experiment.Progress progress) throws InterruptedException {
        String path = "/" + UUID.randomUUID();
        Duration patience = Duration.ofSeconds(settings.patience());
        for (Side side : Side.values()) {
            upstream.expect(side, path, settings.calls(), patience);
        }
        try (Clients.SampleClient stock = clients.open(Side.STOCK);
                Clients.SampleClient evenkeel = clients.open(Side.EVENKEEL)) {
            BySide<BurstSide> sides = new BySide<>(
                    new BurstSide(upstream, Side.STOCK, stock.http(), settings),
                    new BurstSide(upstream, Side.EVENKEEL, evenkeel.http(), settings));
            try (Workers one = start(sides.stock(), Side.STOCK, settings.calls(), path);
                    Workers other = start(sides.evenkeel(), Side.EVENKEEL, settings.calls(), path)) {
                watch(patience.plus(MARGIN), sides, new BySide<>(one, other), progress);
            }
            return sides.map(BurstSide::result);
        }
    }

    private static Workers start(BurstSide burst, Side side, int calls, String path) {
        return Workers.start("burst-" + side.id(), calls, number -> burst.call(path));
    }

    private static void watch(
            Duration bound, BySide<BurstSide> sides, BySide<Workers> workers, Experiment.Progress progress)
            throws InterruptedException {
        Duration longest = bound.plus(MARGIN);
        long start = System.nanoTime();
        boolean stockOver = false;
        boolean evenkeelOver = false;
        while (!stockOver || !evenkeelOver) {
            Thread.sleep(50);
            stockOver = sides.stock().observe(bound, workers.stock()::interrupt);
            evenkeelOver = sides.evenkeel().observe(bound, workers.evenkeel()::interrupt);
            double done = (double) (System.nanoTime() - start) / longest.toNanos();
            progress.report(Math.min(done, 1), sides.map(BurstSide::result));
        }
    }

    /**
     * What a burst is to be: how many calls at once, and how many seconds the server waits for all of them before it gives
     * up.
     */
    record Settings(int calls, int patience) {

        Settings {
            Choice.within("calls", 2, 100, calls);
            Choice.within("patience", 1, 10, patience);
        }
    }
}
