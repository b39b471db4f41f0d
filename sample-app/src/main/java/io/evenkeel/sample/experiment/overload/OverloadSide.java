// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.overload;

import io.evenkeel.sample.experiment.overload.Course.Second;
import io.evenkeel.sample.experiment.support.Failures;
import io.evenkeel.sample.upstream.QueueingUpstream;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.Tally;
import io.evenkeel.sample.upstream.WorkQueue;
import java.net.URI;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.concurrent.CustomizableThreadFactory;

/** One side: instances that are asked for a call in turn, the server of theirs, and what became of the calls. */
final class OverloadSide implements AutoCloseable {

    private final List<Instance> instances;
    private final WorkQueue server;
    private final Tally tally;
    private final URI uri;
    private final ExecutorService threads;
    private final LongAdder asked = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final Failures failures = new Failures();
    private final Course course = new Course(); // only the thread of the experiment uses it

    OverloadSide(Side side, List<Instance> instances, QueueingUpstream upstream, WorkQueue.Capacity capacity) {
        this.instances = instances;
        this.server = upstream.open(side, capacity);
        this.tally = upstream.tally(side);
        this.uri = upstream.uri(side).resolve("/work");
        CustomizableThreadFactory factory = new CustomizableThreadFactory("overload-" + side.id() + "-");
        factory.setDaemon(true);
        this.threads = Executors.newCachedThreadPool(factory);
    }

    /** Asks for a call and does not wait for it: the load does not depend on how the server is doing. */
    void ask(int number) {
        asked.increment();
        threads.execute(() -> call(instances.get(number % instances.size())));
    }

    private void call(Instance instance) {
        try {
            instance.call(uri);
            succeeded.increment();
        } catch (RuntimeException ex) {
            failures.add(ex);
        }
    }

    WorkQueue server() {
        return server;
    }

    /** To be called at the end of each second. */
    void noteSecond() {
        course.note(new Second(asked.sum(), tally.counts().requests(), succeeded.sum()));
    }

    boolean hasUnfinishedCalls() {
        return succeeded.sum() + failed() < asked.sum();
    }

    long failed() {
        return failures.total();
    }

    Result result(Overload.Settings settings) {
        long done = succeeded.sum();
        List<Failures.Failure> failed = failures.list();
        long failedCount = Failures.total(failed);
        // Read last, so that no call has ended before it was asked for.
        long calls = asked.sum();
        return new Result(
                calls,
                done,
                failedCount,
                failed,
                calls - done - failedCount,
                tally.counts().requests(),
                server.turnedAway(),
                course.peakLoad(settings.before(), settings.load()),
                course.back(settings.before() + settings.overload(), settings.load()),
                course.seconds());
    }

    @Override
    public void close() {
        threads.shutdownNow();
        server.close();
        try {
            threads.awaitTermination(5, TimeUnit.SECONDS);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
        instances.forEach(Instance::close);
    }

    /**
     * The clients' view up to {@code unfinished}, then the server's. {@code peakLoad} is requests by calls in the worst second from
     * the overload on. {@code backAfterSeconds} counts from its end; there is none unless calls succeed again until the load ends.
     */
    record Result(
            long calls,
            long succeeded,
            long failed,
            List<Failures.Failure> failures,
            long unfinished,
            long requestsAtServer,
            long turnedAway,
            @Nullable Double peakLoad,
            @Nullable Integer backAfterSeconds,
            List<Second> seconds) {}
}
