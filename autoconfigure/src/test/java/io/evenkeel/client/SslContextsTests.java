// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.testing.TestTls;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import io.evenkeel.transport.spec.TlsMaterial;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslManagerBundle;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.test.util.ReflectionTestUtils;

/** Bundles that are not registered, which is what code makes of stores of its own. */
class SslContextsTests {

    private final ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, ConnectionListener.NONE);

    private final SslContexts contexts = new SslContexts(this.pools, ConnectionListener.NONE, null);

    @AfterEach
    void close() {
        this.pools.close();
    }

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
        SslManagerBundle managers = bundle().getManagers();
        PemSslStoreDetails[] key = {PemSslStoreDetails.forCertificate("none")};
        SslBundle bundle = SslBundle.of(null, null, null, null, new SslManagerBundle() {

            @Override
            public javax.net.ssl.KeyManagerFactory getKeyManagerFactory() {
                return SslManagerBundle.from(new PemSslStoreBundle(key[0], null), null)
                        .getKeyManagerFactory();
            }

            @Override
            public javax.net.ssl.TrustManagerFactory getTrustManagerFactory() {
                return managers.getTrustManagerFactory();
            }
        });
        assertThatIllegalStateException().isThrownBy(() -> this.contexts.of(bundle));

        key[0] = PemSslStoreDetails.forCertificate(TestTls.Identity.CLIENT.certificatePem())
                .withPrivateKey(TestTls.Identity.CLIENT.keyPem());
        assertThat(this.contexts.of(bundle)).isNotNull();
    }

    @Test
    void aForgottenBundleIsForgottenHereToo() throws Exception {
        for (int i = 0; i < 10; i++) {
            this.contexts.of(bundle());
        }
        BundleMap<?> materials = (BundleMap<?>) ReflectionTestUtils.getField(this.contexts, "materials");
        SslBundle kept = bundle();
        this.contexts.of(kept);
        for (int i = 0; i < 100 && materials.size() > 1; i++) {
            System.gc();
            Thread.sleep(10);
        }
        assertThat(materials.size()).isEqualTo(1);
        assertThat(this.contexts.of(kept)).isNotNull();
    }

    private static SslBundle bundle() {
        return SslBundle.of(SslStoreBundle.NONE);
    }
}
