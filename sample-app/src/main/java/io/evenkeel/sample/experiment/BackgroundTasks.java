// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.Failures;
import io.evenkeel.sample.upstream.Tally;
import io.evenkeel.sample.upstream.Upstream;
import java.net.URI;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** Tasks that work for a while and then tell a server that they are done. Thread-safe. */
final class BackgroundTasks {

    private static final Logger log = LoggerFactory.getLogger(BackgroundTasks.class);

    private final RestClient client;
    private final URI uri;
    private final Tally tally;
    private final BackgroundWork.Settings settings;
    private final long start = System.nanoTime();
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private final Failures failures = new Failures();

    BackgroundTasks(RestClient client, URI uri, Tally tally, BackgroundWork.Settings settings) {
        this.client = client;
        this.uri = uri.resolve("/done");
        this.tally = tally;
        this.settings = settings;
        tally.reset();
    }

    Runnable task(int number) {
        return () -> run(number);
    }

    private void run(int number) {
        started.incrementAndGet();
        try {
            TimeUnit.SECONDS.sleep(settings.seconds());
            client.post()
                    .uri(uri)
                    .header(Upstream.CALL_ID, UUID.randomUUID().toString())
                    .body("task " + number + " is done")
                    .retrieve()
                    .toBodilessEntity();
            log.info("Background task {} done, {} of {}", number, done.incrementAndGet(), settings.tasks());
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            failed(number, ex);
        } catch (RestClientException ex) {
            failed(number, ex);
        }
    }

    private void failed(int number, Exception ex) {
        failures.add(ex);
        log.warn("Background task {} failed: {}", number, ex.getMessage());
    }

    Result result() {
        int finished = done.get();
        List<Failures.Failure> failed = failures.list();
        int failedCount = (int) Failures.total(failed);
        // Read last, so that no task has ended before it was started.
        int begun = started.get();
        return new Result(
                settings.tasks(),
                settings.tasks() - begun,
                begun - finished - failedCount,
                finished,
                failedCount,
                failed,
                tally.counts().posts(),
                (System.nanoTime() - start) / 1_000_000);
    }

    /** Where the tasks stand; {@code callsAtServer} was counted by the server that they call. */
    record Result(
            int tasks,
            int waiting,
            int running,
            int done,
            int failed,
            List<Failures.Failure> failures,
            long callsAtServer,
            long millis) {

        int ended() {
            return done + failed;
        }
    }
}
