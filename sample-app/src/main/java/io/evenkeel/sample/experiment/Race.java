// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.BySide;
import io.evenkeel.sample.experiment.support.Choice;
import io.evenkeel.sample.experiment.support.Experiment;
import io.evenkeel.sample.upstream.JettyUpstream;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.TomcatUpstream;
import io.evenkeel.sample.upstream.Upstream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.springframework.stereotype.Component;

/** Ten workers a side call a server that closes idle connections about when the next calls come. */
@Component
class Race {

    private static final int WORKERS = 10;
    private static final Duration LAST_CALLS = Duration.ofSeconds(20);

    private final Clients clients;
    private final TomcatUpstream tomcat;
    private final JettyUpstream jetty;

    Race(Clients clients, TomcatUpstream tomcat, JettyUpstream jetty) {
        this.clients = clients;
        this.tomcat = tomcat;
        this.jetty = jetty;
    }

    BySide<RaceSide.Result> run(Settings settings, Experiment.Progress progress) throws InterruptedException {
        Upstream upstream = (settings.server() == Settings.ServerKind.TOMCAT) ? tomcat : jetty;
        CountDownLatch stop = new CountDownLatch(1);
        try (Clients.SampleClient stock = clients.open(Side.STOCK);
                Clients.SampleClient evenkeel = clients.open(Side.EVENKEEL)) {
            BySide<RaceSide> sides = new BySide<>(
                    new RaceSide(upstream, Side.STOCK, stock.http(), settings),
                    new RaceSide(upstream, Side.EVENKEEL, evenkeel.http(), settings));
            try (Workers one = start(Side.STOCK, sides, stop);
                    Workers other = start(Side.EVENKEEL, sides, stop)) {
                watch(Duration.ofSeconds(settings.seconds()), sides, progress);
                stop.countDown();
                one.join(LAST_CALLS);
                other.join(LAST_CALLS);
            }
            return sides.map(RaceSide::result);
        }
    }

    private static Workers start(Side side, BySide<RaceSide> sides, CountDownLatch stop) {
        return Workers.start(
                "race-" + side.id(), WORKERS, worker -> sides.get(side).work(worker, stop));
    }

    private static void watch(Duration time, BySide<RaceSide> sides, Experiment.Progress progress)
            throws InterruptedException {
        long start = System.nanoTime();
        for (long past = 0; past < time.toNanos(); past = System.nanoTime() - start) {
            progress.report((double) past / time.toNanos(), sides.map(RaceSide::result));
            Thread.sleep(Math.min(250, Math.max(1, (time.toNanos() - past) / 1_000_000)));
        }
    }

    /** What a race is to be: which server, how often its workers call, and for how long. */
    record Settings(ServerKind server, Pace pace, int seconds) {

        Settings {
            Choice.within("seconds", 3, 120, seconds);
        }

        enum ServerKind {
            TOMCAT,
            JETTY
        }

        /** The pause between two calls of a worker, in milliseconds. The servers close after 1000. */
        enum Pace {
            /** Just before the server's time: a request may cross the server's close on the wire. */
            EDGE(990, 1000),
            /** After a Jetty has closed; before or after a Tomcat has, which nobody can know. */
            LATE(1050, 1950);

            final int shortest;
            final int longest;

            Pace(int shortest, int longest) {
                this.shortest = shortest;
                this.longest = longest;
            }
        }
    }
}
