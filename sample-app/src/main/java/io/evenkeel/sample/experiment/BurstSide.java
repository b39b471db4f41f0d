// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.evenkeel.sample.experiment.support.Failures;
import io.evenkeel.sample.upstream.GatheringUpstream;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.Tally.Counts;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** One side of a burst: calls that need each other to be there at the same time. */
final class BurstSide {

    private static final Duration AFTERWARDS = Duration.ofSeconds(2);

    private final GatheringUpstream upstream;
    private final Side side;
    private final RestClient client;
    private final Burst.Settings settings;
    private final long start = System.nanoTime();
    private final AtomicInteger succeeded = new AtomicInteger();
    private final AtomicLong lastResponse = new AtomicLong();
    private final Failures failures = new Failures();

    // only the thread of the experiment reads and writes these
    private @Nullable Numbers atTheEnd;
    private @Nullable Integer connectionsLeft;
    private long end;

    BurstSide(GatheringUpstream upstream, Side side, RestClient client, Burst.Settings settings) {
        this.upstream = upstream;
        this.side = side;
        this.client = client;
        this.settings = settings;
    }

    void call(String path) {
        try {
            client.get().uri(upstream.uri(side).resolve(path)).retrieve().body(String.class);
            succeeded.incrementAndGet();
        } catch (RestClientException ex) {
            failures.add(ex);
        }
        lastResponse.accumulateAndGet(System.nanoTime() - start, Math::max);
    }

    /**
     * Looks whether this side has come to its end, or was given time enough, and two seconds later which connections
     * are left.
     *
     * @return whether there is nothing more to wait for
     */
    boolean observe(Duration bound, Runnable giveUp) {
        long now = System.nanoTime() - start;
        if (atTheEnd == null) {
            boolean allBack = succeeded.get() + Failures.total(failures.list()) == settings.calls();
            if (allBack || now >= bound.toNanos()) {
                end = now;
                atTheEnd = numbers();
                giveUp.run();
            }
            return false;
        }
        if (connectionsLeft == null && now - end >= AFTERWARDS.toNanos()) {
            connectionsLeft = upstream.tally(side).counts().connectionsOpen();
        }
        return connectionsLeft != null;
    }

    Result result() {
        return new Result((atTheEnd != null) ? atTheEnd : numbers(), connectionsLeft);
    }

    private Numbers numbers() {
        Counts counts = upstream.tally(side).counts();
        int done = succeeded.get();
        List<Failures.Failure> failed = failures.list();
        long failedCount = Failures.total(failed);
        long unfinished = settings.calls() - done - failedCount;
        long time = (unfinished == 0) ? lastResponse.get() : System.nanoTime() - start;
        return new Numbers(
                settings.calls(),
                done,
                failedCount,
                failed,
                unfinished,
                time / 1_000_000,
                upstream.present(side),
                counts.connectionsAccepted(),
                counts.connectionsOpenPeak());
    }

    /** Where it stands: {@code unfinished} calls have neither a response nor an error yet. */
    record Numbers(
            int calls,
            int succeeded,
            long failed,
            List<Failures.Failure> failures,
            long unfinished,
            long millis,
            int presentTogether,
            long connectionsOpened,
            int connectionsPeak) {}

    /** What is known; {@code connectionsLeft} only two seconds after the end. */
    record Result(@JsonUnwrapped Numbers numbers, @Nullable Integer connectionsLeft) {}
}
