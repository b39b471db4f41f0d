// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.race.QuietLogs;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class CloseWhileReadingTests {

    @Test
    void nobodyNoticesButWhoReads() throws Exception {
        try (QuietLogs quiet = new QuietLogs()) {
            Findings findings = CloseWhileReading.run(600, Duration.ofSeconds(10), 1);

            assertThat(findings.isEmpty()).as(findings.toString()).isTrue();
        }
    }
}
