// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.LeakCheck;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RotationUnderLoadTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void noCallFailsWhileTheCertificatesOfBothSidesAreRotated() throws Exception {
        RotationUnderLoad.Result result = RotationUnderLoad.run(Duration.ofSeconds(10));

        assertThat(result.failures()).isEmpty();
        assertThat(result.calls()).isEqualTo(500);
        assertThat(result.requestsByClientCertificate())
                .containsOnlyKeys("CN=evenkeel-client", "CN=evenkeel-next-client")
                .allSatisfy((name, requests) -> assertThat(requests).isGreaterThan(50));
        assertThat(result.issuerOfTheServer()).isEqualTo("CN=Evenkeel next test CA");
        assertThat(result.reloads()).isEqualTo(3);
        assertThat(result.failedReloads()).isZero();
        assertThat(result.connectionsClosedByReload()).isGreaterThanOrEqualTo(3);
    }
}
