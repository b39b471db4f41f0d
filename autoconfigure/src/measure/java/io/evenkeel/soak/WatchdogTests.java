// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is found without a caller. */
class WatchdogTests {

    private final Findings findings = new Findings();

    @Test
    void findsACallThatDoesNotEnd() {
        try (Watchdog watchdog = new Watchdog(this.findings, Duration.ZERO)) {
            watchdog.watch("ended", Finding.CALL_WITHOUT_END).close();
            watchdog.look();
            assertThat(this.findings.isEmpty()).isTrue();

            watchdog.watch("stuck", Finding.CALL_WITHOUT_END);
            watchdog.look();
        }

        assertThat(this.findings.count(Finding.CALL_WITHOUT_END)).isOne();
        assertThat(this.findings.table()).contains("stuck", "WatchdogTests.findsACallThatDoesNotEnd");
    }

    @Test
    void findsAHousekeeperThatWaitsForSomethingElse() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Thread stuck = new Thread(
                () -> {
                    try {
                        never.await();
                    } catch (InterruptedException ex) {
                        Thread.currentThread().interrupt();
                    }
                },
                Watchdog.HOUSEKEEPER);
        stuck.start();
        try (Watchdog watchdog = new Watchdog(this.findings, Duration.ofDays(1))) {
            for (int looks = 0; looks < Watchdog.LOOKS_UNTIL_STUCK; looks++) {
                watchdog.look();
            }
        } finally {
            never.countDown();
            stuck.join();
        }

        assertThat(this.findings.count(Finding.HOUSEKEEPER_STUCK)).isOne();
    }

    @Test
    void findsAWarningThatNobodyHasEarned() {
        Logger log = LoggerFactory.getLogger("io.evenkeel.transport.pool.Housekeeper");
        String dropped = "A response of {} for client '{}' was dropped without being closed";
        try (LogWatch watch = new LogWatch(this.findings, "http://one:80")) {
            log.warn(dropped, "http://one:80", "default");
            log.warn("Client '{}' was closed while {} of its calls were running", "default", 3);
            log.info("anything");
            assertThat(this.findings.isEmpty()).isTrue();

            log.warn(dropped, "http://other:80", "default");
            log.warn("The care for idle connections failed", new IllegalStateException());
        }

        assertThat(this.findings.count(Finding.WARNING)).isEqualTo(2);
    }
}
