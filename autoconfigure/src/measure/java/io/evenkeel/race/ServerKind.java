// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.time.Duration;

/** A server with its habit of closing. */
enum ServerKind {
    /** Tomcat, which says "Keep-Alive: timeout=2". It looks once a second, so it closes up to a second late. */
    TOMCAT_HINT(2000, 1000),
    /** Tomcat, which does not say so. */
    TOMCAT(1000, 1000),
    /** Jetty, punctual. */
    JETTY(1500, 0),
    /** Reactor Netty, punctual. */
    NETTY(1200, 0),
    /** Jetty that closes each connection after a random idle time, up to its timeout. */
    RANDOM_CLOSES(1200, 0),
    /** Jetty that is stopped and started again, again and again, at the same port. */
    RESTARTS(1500, 0);

    private static final Duration UPTIME = Duration.ofMillis(700);

    private final Duration idleTimeout;
    private final Duration slack;

    ServerKind(long idleTimeoutMillis, long slackMillis) {
        this.idleTimeout = Duration.ofMillis(idleTimeoutMillis);
        this.slack = Duration.ofMillis(slackMillis);
    }

    Duration idleTimeout() {
        return this.idleTimeout;
    }

    /** {@return how much later than its timeout it may close} */
    Duration slack() {
        return this.slack;
    }

    /** {@return whether it closes when nobody can know} */
    boolean isErratic() {
        return this == RANDOM_CLOSES || this == RESTARTS;
    }

    RaceServer start(boolean tls, Duration timeout, Ledger ledger) {
        return switch (this) {
            case TOMCAT_HINT, TOMCAT -> TomcatServer.start(tls, timeout, this == TOMCAT_HINT, ledger);
            case JETTY -> JettyServer.start(tls, timeout, false, ledger);
            case NETTY -> NettyServer.start(tls, timeout, ledger);
            case RANDOM_CLOSES -> JettyServer.start(tls, timeout, true, ledger);
            case RESTARTS -> new Restarting(JettyServer.start(tls, timeout, false, ledger), UPTIME);
        };
    }
}
