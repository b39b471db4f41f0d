// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.event.ReloadResult;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import org.junit.jupiter.api.Test;

class TlsReloadMetersTests {

    private final TlsReloadMeters meters = new TlsReloadMeters(() -> List.of("partner"));

    private final SimpleMeterRegistry registry = ConnectionMetersTests.simpleRegistry();

    @Test
    void aBundleThatIsInUseIsAtZeroFromTheBeginning() {
        this.meters.bindTo(this.registry);

        assertThat(count("partner", "success")).isZero();
        assertThat(count("partner", "failure")).isZero();
    }

    @Test
    void everyReloadIsCountedByItsResult() {
        this.meters.bindTo(this.registry);

        this.meters.tlsReloaded("partner", ReloadResult.SUCCESS);
        this.meters.tlsReloaded("partner", ReloadResult.SUCCESS);
        this.meters.tlsReloaded("partner", ReloadResult.FAILURE);
        this.meters.tlsReloaded("late", ReloadResult.FAILURE);

        assertThat(count("partner", "success")).isEqualTo(2);
        assertThat(count("partner", "failure")).isEqualTo(1);
        assertThat(count("late", "success")).isZero();
        assertThat(count("late", "failure")).isEqualTo(1);
    }

    @Test
    void everyBoundRegistryCountsAndASecondBindingOfOneDoesNotCountTwice() {
        SimpleMeterRegistry other = ConnectionMetersTests.simpleRegistry();
        this.meters.bindTo(this.registry);
        this.meters.bindTo(this.registry);
        this.meters.bindTo(other);

        this.meters.tlsReloaded("partner", ReloadResult.SUCCESS);

        assertThat(count("partner", "success")).isEqualTo(1);
        assertThat(other.get("evenkeel.tls.reloads")
                        .tags("bundle", "partner", "result", "success")
                        .counter()
                        .count())
                .isEqualTo(1);
    }

    @Test
    void closingRemovesAllAndEndsListening() {
        this.meters.bindTo(this.registry);
        this.meters.tlsReloaded("late", ReloadResult.SUCCESS);

        this.meters.close();
        this.meters.tlsReloaded("partner", ReloadResult.SUCCESS);

        assertThat(this.registry.getMeters()).isEmpty();
    }

    private double count(String bundle, String result) {
        return this.registry
                .get("evenkeel.tls.reloads")
                .tags("bundle", bundle, "result", result)
                .counter()
                .count();
    }
}
