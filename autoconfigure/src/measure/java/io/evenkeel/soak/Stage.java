// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What all callers share: servers, who watches them, and what was found and counted. Thread-safe. */
final class Stage implements AutoCloseable {

    private final Findings findings = new Findings();
    private final Ledger ledger = new Ledger(this.findings);
    private final Tally faults = new Tally("fault");
    private final Tally callers = new Tally("caller");
    private final List<FaultyServer> servers = new ArrayList<>();
    private final Watchdog watchdog;
    private final Others others;
    private final LogWatch log;
    private volatile boolean over;

    /**
     * @param limit after which a call that has not ended never will
     * @param manners of servers: three each, without TLS and with both versions of it
     * @param answersAs as for {@link FaultyServer}
     * @param random the seed of all servers
     */
    Stage(Duration limit, List<FaultyServer.Manners> manners, UnaryOperator<String> answersAs, Random random)
            throws IOException {
        this.watchdog = new Watchdog(this.findings, limit);
        this.others = new Others(this.findings, this.watchdog);
        for (FaultyServer.Manners each : manners) {
            for (String protocol : List.of("", "TLSv1.2", "TLSv1.3")) {
                this.servers.add(new FaultyServer(protocol, each, this.ledger, answersAs, random.nextLong()));
            }
        }
        this.log = new LogWatch(this.findings, this.servers.get(0).url());
    }

    Findings findings() {
        return this.findings;
    }

    Ledger ledger() {
        return this.ledger;
    }

    /** {@return how calls ended, by what the server did} */
    Tally faults() {
        return this.faults;
    }

    /** {@return how calls ended, by what the caller did} */
    Tally callers() {
        return this.callers;
    }

    List<FaultyServer> servers() {
        return this.servers;
    }

    /** {@return whether callers may drop answers of this server without closing them: of one only} */
    boolean mayDrop(FaultyServer server) {
        return server == this.servers.get(0);
    }

    Set<Integer> ports() {
        return this.servers.stream().map(FaultyServer::port).collect(Collectors.toSet());
    }

    Scene scene(SoakClient client, Order order, Random random) {
        return new Scene(client, order, random, this.others, this.ledger, this.findings);
    }

    /** The current thread begins with something that has to end. */
    Watchdog.Watch watch(String what) {
        return this.watchdog.watch(what, Finding.CALL_WITHOUT_END);
    }

    /** {@return whether callers are to stop} */
    boolean isOver() {
        return this.over;
    }

    void over(boolean over) {
        this.over = over;
    }

    @Override
    public void close() {
        this.over = true;
        this.watchdog.close();
        this.others.close();
        this.servers.forEach(FaultyServer::close);
        this.log.close();
    }
}
