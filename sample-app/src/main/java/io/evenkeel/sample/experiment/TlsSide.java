// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.Failures;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.Tally.Counts;
import io.evenkeel.sample.upstream.TlsUpstream;
import java.util.List;
import org.springframework.web.client.RestClientException;

/** One side of the TLS experiment. Only the thread of the experiment uses it. */
final class TlsSide {

    private final Clients clients;
    private final TlsUpstream upstream;
    private final Side side;
    private final Tls.Settings settings;
    private final Failures failures = new Failures();
    private int succeeded;
    private long nanos;

    TlsSide(Clients clients, TlsUpstream upstream, Side side, Tls.Settings settings) {
        this.clients = clients;
        this.upstream = upstream;
        this.side = side;
        this.settings = settings;
    }

    /** Makes a call that is not counted, so that neither side pays for the loading of classes. */
    void warmUp() {
        try {
            callOnce();
        } catch (RestClientException ex) {
            // The calls that count will fail as well, and say so.
        }
        upstream.tally(side).reset();
    }

    /** Builds a client, makes one call, and lets go of the client. */
    void useNewClient() {
        long start = System.nanoTime();
        try {
            callOnce();
            succeeded++;
        } catch (RestClientException ex) {
            failures.add(ex);
        }
        nanos += System.nanoTime() - start;
    }

    private void callOnce() {
        try (Clients.SampleClient client = clients.openTls(side)) {
            client.http()
                    .get()
                    .uri(upstream.uri(side).resolve(settings.path()))
                    .retrieve()
                    .body(String.class);
        }
    }

    Result result() {
        Counts counts = upstream.tally(side).counts();
        return new Result(
                succeeded + failures.total(),
                succeeded,
                failures.total(),
                failures.list(),
                counts.requests(),
                counts.connectionsAccepted(),
                counts.handshakes(),
                counts.handshakesResumed(),
                nanos / 1_000_000);
    }

    /** The client's view up to {@code failures}, then the server's; {@code millis} is the sum over all clients. */
    record Result(
            long clients,
            long succeeded,
            long failed,
            List<Failures.Failure> failures,
            long requestsAtServer,
            long connectionsOpened,
            long handshakes,
            long handshakesResumed,
            long millis) {}
}
