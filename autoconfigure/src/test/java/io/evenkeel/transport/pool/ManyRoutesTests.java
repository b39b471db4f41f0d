// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.pool;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.CountingServer;
import io.evenkeel.transport.TestClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.pool.PoolEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ManyRoutesTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void hostsThatAreVisitedOnceLeaveNothing() throws Exception {
        PoolRig rig = new PoolRig(this.leaks, PoolRig.LIMITS, Ticker.SYSTEM);
        for (int i = 0; i < 100_000; i++) {
            rig.pool.release(new Acquisition(rig.pool, PoolRig.route("host" + i), null).get(), false);
            if (i % 10_000 == 0) {
                // What the listener of the test remembers is not the pool's.
                rig.events.acquired.clear();
                rig.events.routes.clear();
            }
        }

        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void tenThousandRoutesAtOnceAreServed() throws Exception {
        PoolRig rig = new PoolRig(this.leaks, PoolRig.limits(1, 0), new VirtualTime());
        List<PoolEntry<HttpRoute, ManagedHttpClientConnection>> held = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            held.add(rig.acquire(PoolRig.route("host" + i)));
            if (i % 1000 == 0) {
                rig.events.acquired.clear();
                rig.events.routes.clear();
            }
        }
        assertThat(rig.active()).isEqualTo(10_000);

        held.forEach(entry -> rig.pool.release(entry, false));

        assertThat(rig.pool.stats()).isEmpty();
    }

    @Test
    void idleConnectionsToManyAddressesAreBoundedByMaxIdle() throws Exception {
        // All of 127.0.0.0/8 is this machine.
        CountingServer server = this.leaks.closeAfter(new CountingServer("0.0.0.0"));
        this.leaks.port(server.port());
        TestClient client = TestClient.with(
                this.leaks, settings -> settings.limits(PoolRig.limits(1, 9, PoolRig.LIMITS.overflowLinger(), 50)));
        for (int i = 0; i < 300; i++) {
            client.get(server.uri("127.0." + (1 + i / 250) + "." + (1 + i % 250), "0"));
        }

        assertThat(client.idle()).isEqualTo(50);
        eventually("the others are closed", () -> server.openNow() == 50);
        assertThat(server.mostOpen()).isLessThanOrEqualTo(51);
        assertThat(client.pools.snapshot().get(0).routes())
                .filteredOn(route -> route.idle() > 0)
                .hasSize(50);
    }

    @Test
    void placesThatAreKeptForReplaysAreNeverLost() throws Exception {
        HttpRoute route = PoolRig.route("replay.example");
        PoolRig rig = new PoolRig(this.leaks, PoolRig.limits(1, 2), Ticker.SYSTEM);
        List<Throwable> unexpected = new CopyOnWriteArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Random random = new Random(i);
            Thread thread = new Thread(() -> {
                try {
                    for (int n = 0; n < 500; n++) {
                        callWithReplay(rig, route, random);
                    }
                } catch (Throwable ex) {
                    unexpected.add(ex);
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join(20_000);
        }

        assertThat(unexpected).isEmpty();
        assertThat(rig.pool.stats()).isEmpty();
    }

    /** A call that may fail, be replayed, be cancelled meanwhile, or give its connection back late. */
    private static void callWithReplay(PoolRig rig, HttpRoute route, Random random) throws Exception {
        ReplayPlace place = Places.repeatable();
        var entry = rig.acquire(new Acquisition(rig.pool, route, place));
        boolean late = false;
        if (random.nextInt(3) == 0) {
            Places.breakConnection(place);
            late = random.nextInt(3) == 0;
            if (!late) {
                rig.pool.release(entry, false);
                if (random.nextBoolean()) {
                    rig.pool.release(rig.acquire(new Acquisition(rig.pool, route, place)), false);
                }
            }
        } else {
            rig.pool.release(entry, false);
        }
        rig.pool.endReplay(place, route);
        if (late) {
            rig.pool.release(entry, false);
        }
    }
}
