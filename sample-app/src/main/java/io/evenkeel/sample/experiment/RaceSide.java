// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.Failures;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.Tally.Counts;
import io.evenkeel.sample.upstream.Upstream;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpMethod;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** One side of a race: workers that share one client, and what became of their calls. */
final class RaceSide {

    private final Upstream upstream;
    private final Side side;
    private final RestClient client;
    private final Race.Settings settings;
    private final LongAdder calls = new LongAdder();
    private final LongAdder succeeded = new LongAdder();
    private final LongAdder failedPosts = new LongAdder();
    private final Failures failures = new Failures();

    RaceSide(Upstream upstream, Side side, RestClient client, Race.Settings settings) {
        this.upstream = upstream;
        this.side = side;
        this.client = client;
        this.settings = settings;
        upstream.tally(side).reset();
    }

    /** Calls and pauses until told to stop. */
    void work(int worker, CountDownLatch stop) {
        URI uri = upstream.uri(side).resolve("/calls");
        Pauses pauses = new Pauses(settings.pace(), worker);
        try {
            do {
                call(pauses.nextIsPost() ? HttpMethod.POST : HttpMethod.GET, uri);
            } while (!stop.await(pauses.nextMicros(), TimeUnit.MICROSECONDS));
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
        }
    }

    private void call(HttpMethod method, URI uri) {
        RestClient.RequestBodySpec request = client.method(method)
                .uri(uri)
                .header(Upstream.CALL_ID, UUID.randomUUID().toString());
        if (method.equals(HttpMethod.POST)) {
            request.body("an order");
        }
        try {
            request.retrieve().body(String.class);
            succeeded.increment();
        } catch (RestClientException ex) {
            failures.add(ex);
            if (method.equals(HttpMethod.POST)) {
                failedPosts.increment();
            }
        }
        calls.increment();
    }

    Result result() {
        Counts counts = upstream.tally(side).counts();
        long onNewConnection = Math.min(counts.connectionsAccepted(), counts.requests());
        return new Result(
                calls.sum(),
                succeeded.sum(),
                failures.total(),
                failedPosts.sum(),
                failures.list(),
                counts.gets(),
                counts.posts(),
                counts.distinctPosts(),
                counts.postsExecutedTwice(),
                counts.connectionsAccepted(),
                (counts.requests() == 0) ? null : 1 - (double) onNewConnection / counts.requests());
    }

    /** The client's view up to {@code failures}, the server's from there on. */
    record Result(
            long calls,
            long succeeded,
            long failed,
            long failedPosts,
            List<Failures.Failure> failures,
            long getsAtServer,
            long postsAtServer,
            long distinctPostsAtServer,
            long postsExecutedTwice,
            long connectionsOpened,
            @Nullable Double reusedShare) {}
}
