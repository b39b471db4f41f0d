// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.mockito.BDDMockito.given;
import static org.mockito.Mockito.mock;

import io.evenkeel.transport.TlsMaterial;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.test.util.ReflectionTestUtils;

class SslContextsTests {

    private final SslContexts contexts = new SslContexts();

    @Test
    void withoutBundleThereIsNothing() {
        assertThat(this.contexts.of(null)).isNull();
    }

    @Test
    void oneBundleHasOneContext() {
        SslBundle bundle = bundle();
        assertThat(this.contexts.of(bundle)).isNotNull().isSameAs(this.contexts.of(bundle));
    }

    @Test
    void bundlesThatLookAlikeHaveContextsOfTheirOwn() {
        assertThat(this.contexts.of(bundle())).isNotSameAs(this.contexts.of(bundle()));
    }

    @Test
    void protocolsAndCiphersAreThoseOfTheBundle() {
        SslBundle bundle = SslBundle.of(
                SslStoreBundle.NONE,
                null,
                SslOptions.of(new String[] {"TLS_AES_128_GCM_SHA256"}, new String[] {"TLSv1.3"}));
        TlsMaterial material = this.contexts.of(bundle);
        assertThat(material).extracting("protocols").isEqualTo(List.of("TLSv1.3"));
        assertThat(material).extracting("ciphers").isEqualTo(List.of("TLS_AES_128_GCM_SHA256"));
    }

    @Test
    void manyThreadsGetTheSameContext() throws Exception {
        SslBundle bundle = bundle();
        ExecutorService executor = Executors.newFixedThreadPool(8);
        try {
            List<Future<TlsMaterial>> results = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                results.add(executor.submit(() -> this.contexts.of(bundle)));
            }
            for (Future<TlsMaterial> result : results) {
                assertThat(result.get()).isSameAs(this.contexts.of(bundle));
            }
        } finally {
            executor.shutdownNow();
        }
    }

    @Test
    void aBundleThatFailedMayBeTriedAgain() {
        SslBundle bundle = mock(SslBundle.class);
        given(bundle.getOptions()).willReturn(SslOptions.NONE);
        given(bundle.createSslContext())
                .willThrow(new IllegalStateException("broken"))
                .willReturn(bundle().createSslContext());
        assertThatIllegalStateException().isThrownBy(() -> this.contexts.of(bundle));
        assertThat(this.contexts.of(bundle)).isNotNull();
    }

    @Test
    void aForgottenBundleIsForgottenHereToo() throws Exception {
        for (int i = 0; i < 10; i++) {
            this.contexts.of(bundle());
        }
        Map<?, ?> materials = (Map<?, ?>) ReflectionTestUtils.getField(this.contexts, "materials");
        SslBundle kept = bundle();
        for (int i = 0; i < 100 && materials.size() > 1; i++) {
            System.gc();
            Thread.sleep(10);
            this.contexts.of(kept);
        }
        assertThat(materials).hasSize(1);
    }

    private static SslBundle bundle() {
        return SslBundle.of(SslStoreBundle.NONE);
    }
}
