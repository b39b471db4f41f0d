// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.overload;

import io.evenkeel.sample.experiment.support.BySide;
import io.evenkeel.sample.experiment.support.Choice;
import io.evenkeel.sample.experiment.support.Experiment;
import io.evenkeel.sample.upstream.QueueingUpstream;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.WorkQueue;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * A constant load for a server that hangs for a while: naive retries beside Evenkeel's. Both sides run at the same time, each with a
 * server of its own: a call of one side is asked for in the same moment as its twin on the other.
 */
@Component
public class Overload {

    /** How long the last calls are waited for: those with naive retries may take seven seconds. */
    private static final int LAST_CALLS_SECONDS = 20;

    private static final int WARM_UP_CALLS = 12;
    private static final int WARM_UP_ROUNDS = 80;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final Instances instances;
    private final QueueingUpstream upstream;

    Overload(Instances instances, QueueingUpstream upstream) {
        this.instances = instances;
        this.upstream = upstream;
    }

    public Result run(Settings settings, Experiment.Progress progress) throws InterruptedException {
        warmUp(settings);
        try (OverloadSide stock = open(Side.STOCK, settings);
                OverloadSide evenkeel = open(Side.EVENKEEL, settings)) {
            BySide<OverloadSide> sides = new BySide<>(stock, evenkeel);
            load(settings, sides, progress);
            return result(settings, sides, true);
        }
    }

    /** Makes a few calls that are not counted, until they succeed: a breaker may be open since the last run, and classes be missing. */
    private void warmUp(Settings settings) throws InterruptedException {
        try (OverloadSide stock = open(Side.STOCK, settings);
                OverloadSide evenkeel = open(Side.EVENKEEL, settings)) {
            BySide<OverloadSide> sides = new BySide<>(stock, evenkeel);
            long failed;
            int round = 0;
            do {
                failed = stock.failed() + evenkeel.failed();
                IntStream.range(0, WARM_UP_CALLS).forEach(number -> sides.forEach(side -> side.ask(number)));
                do {
                    Thread.sleep(100);
                } while (isUnfinished(sides));
            } while (stock.failed() + evenkeel.failed() > failed && ++round < WARM_UP_ROUNDS);
        }
    }

    private static void load(Settings settings, BySide<OverloadSide> sides, Experiment.Progress progress)
            throws InterruptedException {
        long start = System.nanoTime();
        for (int second = 0; second < settings.load(); second++) {
            if (second == settings.before()) {
                sides.forEach(side -> side.server().stall());
            } else if (second == settings.before() + settings.overload()) {
                sides.forEach(side -> side.server().resume());
            }
            askForOneSecond(start + second * SECOND_NANOS, second * settings.rate(), settings.rate(), sides);
            note(second + 1, settings, sides, progress);
        }
        for (int second = 1; second <= LAST_CALLS_SECONDS && isUnfinished(sides); second++) {
            sleepUntil(start + (settings.load() + second) * SECOND_NANOS);
            note(settings.load(), settings, sides, progress);
        }
    }

    private OverloadSide open(Side side, Settings settings) {
        return new OverloadSide(side, instances.open(side), upstream, settings.capacity());
    }

    private static void askForOneSecond(long start, int first, int calls, BySide<OverloadSide> sides)
            throws InterruptedException {
        for (int call = 0; call < calls; call++) {
            sleepUntil(start + call * SECOND_NANOS / calls);
            int number = first + call;
            sides.forEach(side -> side.ask(number));
        }
        sleepUntil(start + SECOND_NANOS);
    }

    private static void note(int second, Settings settings, BySide<OverloadSide> sides, Experiment.Progress progress) {
        sides.forEach(OverloadSide::noteSecond);
        progress.report((double) second / settings.load(), result(settings, sides, false));
    }

    private static boolean isUnfinished(BySide<OverloadSide> sides) {
        return sides.stock().hasUnfinishedCalls() || sides.evenkeel().hasUnfinishedCalls();
    }

    private static void sleepUntil(long nanoTime) throws InterruptedException {
        TimeUnit.NANOSECONDS.sleep(nanoTime - System.nanoTime());
    }

    private static Result result(Settings settings, BySide<OverloadSide> sides, boolean over) {
        BySide<OverloadSide.Result> results = sides.map(side -> side.result(settings));
        return new Result(
                settings.capacity().perSecond(),
                results.stock(),
                results.evenkeel(),
                over ? verdict(results, settings) : null);
    }

    private static String verdict(BySide<OverloadSide.Result> results, Settings settings) {
        return "After the overload: naive retries %s; Evenkeel %s"
                .formatted(fate(results.stock(), settings), fate(results.evenkeel(), settings));
    }

    private static String fate(OverloadSide.Result result, Settings settings) {
        Integer seconds = result.backAfterSeconds();
        String back;
        if (seconds == null) {
            back = "not back within %d s".formatted(settings.after());
        } else {
            back = (seconds == 0) ? "back at once" : "back after %d s".formatted(seconds);
        }
        return String.format(Locale.ROOT, "%s, with up to %.1f times the load", back, result.peakLoad());
    }

    /**
     * How many calls a second are asked for on each side, and for how many seconds they are before, during and after the overload.
     */
    public record Settings(int rate, int before, int overload, int after) {

        private static final int WORKERS = 4;

        public Settings {
            Choice.within("rate", 20, 150, rate);
            Choice.within("before", 1, 10, before);
            Choice.within("overload", 1, 20, overload);
            Choice.within("after", 1, 60, after);
        }

        /** {@return the seconds of the load as a whole} */
        int load() {
            return before + overload + after;
        }

        /**
         * {@return a server that can do a fifth more than it is asked for} A request waits in the full queue for one and a half
         * seconds, half a second longer than its caller.
         */
        WorkQueue.Capacity capacity() {
            int workMillis = WORKERS * 1000 * 5 / (rate * 6);
            return new WorkQueue.Capacity(WORKERS, workMillis, WORKERS * 1500 / workMillis);
        }
    }

    /** Where it stands, with what the server can do in a second. The verdict comes at the end. */
    public record Result(
            int capacityPerSecond,
            OverloadSide.Result stock,
            OverloadSide.Result evenkeel,
            @Nullable String verdict) {}
}
