// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.race.QuietLogs;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A few seconds of the soak, or {@code -Dsoak.seconds=30}. */
class SoakTests {

    private final QuietLogs quiet = new QuietLogs();

    @AfterEach
    void end() {
        this.quiet.close();
    }

    @Test
    void findsNothing() throws Exception {
        Findings findings = Soak.run(SoakSettings.of(Duration.ofSeconds(Integer.getInteger("soak.seconds", 2))));

        assertThat(findings.isEmpty()).as(findings.toString()).isTrue();
    }

    @Test
    void findsServersThatAnswerSomebodyElse() throws Exception {
        Findings findings = Soak.run(SoakSettings.of(Duration.ofMillis(100)).answeringAs(id -> id.replace('1', '2')));

        assertThat(findings.count(Finding.FOREIGN_ANSWER)).isPositive();
    }
}
