// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.ReloadResult;
import io.evenkeel.testing.TestTls;
import io.evenkeel.testing.TestTls.Identity;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import io.evenkeel.transport.spec.TlsMaterial;
import java.lang.ref.WeakReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.SslOptions;
import org.springframework.boot.ssl.SslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;
import org.springframework.boot.ssl.pem.PemSslStoreBundle;
import org.springframework.boot.ssl.pem.PemSslStoreDetails;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.test.util.ReflectionTestUtils;

/** Bundles that are registered, and replaced. */
@ExtendWith(OutputCaptureExtension.class)
class SslReloadTests {

    private final CountingRegistry registry = new CountingRegistry();

    private final List<String> events = new CopyOnWriteArrayList<>();

    private final ConnectionListener listener = new ConnectionListener() {

        @Override
        public void tlsReloaded(String bundle, ReloadResult result) {
            SslReloadTests.this.events.add(bundle + " " + result);
        }
    };

    private final ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, ConnectionListener.NONE);

    @AfterEach
    void close() {
        this.pools.close();
    }

    @Test
    void aReplacedBundleKeepsItsMaterialWithAnotherContent(CapturedOutput output) {
        SslBundle first = register("partner", good());
        SslContexts contexts = contexts();
        TlsMaterial material = contexts.of(first);
        Object content = content(material);

        SslBundle second = good();
        this.registry.updateBundle("partner", second);

        assertThat(contexts.of(second)).isSameAs(material);
        assertThat(contexts.of(first))
                .as("Spring Boot's settings keep the first for ever")
                .isSameAs(material);
        assertThat(content(material)).isNotSameAs(content);
        assertThat(this.events).containsExactly("partner SUCCESS");
        assertThat(output)
                .contains("SSL bundle 'partner' was reloaded")
                .doesNotContain("doesn't support SSL reloading");
    }

    @Test
    void aBundleThatWasReplacedBeforeItsFirstUseIsFollowedToo() {
        SslBundle first = register("partner", good());
        SslContexts contexts = contexts();
        SslBundle second = good();
        this.registry.updateBundle("partner", second);

        TlsMaterial material = contexts.of(first);

        assertThat(contexts.of(second)).isSameAs(material);
        assertThat(this.events).containsExactly("partner SUCCESS");
        Object content = content(material);
        this.registry.updateBundle("partner", good());
        assertThat(content(material)).isNotSameAs(content);
    }

    @Test
    void aBundleThatIsRegisteredLateIsFollowedToo() {
        SslContexts contexts = contexts();
        SslBundle first = register("partner", good());
        this.registry.updateBundle("partner", good());

        TlsMaterial material = contexts.of(first);

        assertThat(contexts.of(this.registry.getBundle("partner"))).isSameAs(material);
    }

    @Test
    void bundlesOfDifferentNamesHaveNothingInCommon() {
        SslContexts contexts = contexts();
        TlsMaterial partner = contexts.of(register("partner", good()));
        TlsMaterial other = contexts.of(register("other", good()));
        Object content = content(other);

        this.registry.updateBundle("partner", good());

        assertThat(partner).isNotSameAs(other);
        assertThat(content(other)).isSameAs(content);
    }

    @Test
    void thereIsOneHandlerForABundleHoweverOftenItIsUsedAndReplaced() {
        SslContexts contexts = contexts();
        SslBundle first = register("partner", good());
        for (int i = 0; i < 10; i++) {
            contexts.of(first);
            contexts.of(this.registry.getBundle("partner"));
            this.registry.updateBundle("partner", good());
        }
        assertThat(this.registry.handlers).containsExactly("partner");
    }

    @Test
    void bundlesThatNoClientUsesHaveNoHandler(CapturedOutput output) {
        contexts();
        register("partner", good());

        this.registry.updateBundle("partner", good());

        assertThat(this.registry.handlers).isEmpty();
        assertThat(output).as("Spring Boot's warning").contains("doesn't support SSL reloading");
    }

    static Stream<Arguments> broken() throws Exception {
        String certificate = Identity.CLIENT.certificatePem();
        String key = Identity.CLIENT.keyPem();
        return Stream.of(
                arguments("no such file", jks("missing.p12", TestTls.PASSWORD), "missing.p12"),
                arguments("an empty file", jks("empty.p12", TestTls.PASSWORD), "empty.p12"),
                arguments("half of a file", jks("half.p12", TestTls.PASSWORD), "half.p12"),
                arguments("a wrong password", jks("client.p12", "planted-secret"), "password was incorrect"),
                arguments("a key store without key", jks("ca.p12", TestTls.PASSWORD), "key store has no private key"),
                arguments(
                        "an unknown alias",
                        SslBundle.of(jksStores("client.p12", TestTls.PASSWORD), SslBundleKey.of(null, "other")),
                        "does not contain alias 'other'"),
                arguments("a key without certificate", pem(null, key), "Certificates must not be empty"),
                arguments("a certificate that is none", pem("empty.pem", key), "Missing certificates"),
                arguments("a key that is none", pem(certificate, "empty.pem"), "Missing private key"),
                arguments("a certificate without key", pem(certificate, null), "key store has no private key"),
                arguments(
                        "the key of another certificate",
                        pem(Identity.NEXT_CLIENT.certificatePem(), key),
                        "private key does not belong to its certificate"),
                arguments(
                        "a key in the place of its location",
                        pem(certificate, key.lines().skip(1).findFirst().orElseThrow()),
                        "'***'"),
                arguments("no trust", SslBundle.of(trusting(emptyStore())), "trust store has no certificate"),
                arguments(
                        "an unknown kind of context", SslBundle.of(SslStoreBundle.NONE, null, null, "TLSv9"), "TLSv9"),
                arguments(
                        "an unknown protocol",
                        SslBundle.of(SslStoreBundle.NONE, null, SslOptions.of(null, new String[] {"TLSv9"})),
                        "this JVM has no protocol 'TLSv9'"),
                arguments(
                        "an unknown cipher suite",
                        SslBundle.of(SslStoreBundle.NONE, null, SslOptions.of(new String[] {"TLS_NONE"}, null)),
                        "this JVM has no cipher suite 'TLS_NONE'"));
    }

    @TempDir
    static Path directory;

    @ParameterizedTest(name = "{0}")
    @MethodSource("broken")
    void aReplacementThatCannotBeUsedChangesNothing(String what, SslBundle broken, String reason, CapturedOutput output)
            throws Exception {
        write();
        SslContexts contexts = contexts();
        SslBundle first = register("partner", good());
        TlsMaterial material = contexts.of(first);
        Object content = content(material);
        List<SslBundle> heardByOthers = new ArrayList<>();
        this.registry.addBundleUpdateHandler("partner", heardByOthers::add);

        this.registry.updateBundle("partner", broken);

        assertThat(content(material)).isSameAs(content);
        assertThat(contexts.of(broken)).as("a client that is built now").isSameAs(material);
        assertThat(heardByOthers).containsExactly(broken);
        assertThat(this.events).containsExactly("partner FAILURE");
        assertThat(output)
                .contains("WARN")
                .contains("SSL bundle 'partner' was reloaded, but cannot be used: ")
                .contains(reason)
                .contains("spring.ssl.bundle.*.partner")
                .doesNotContain("planted-secret")
                .doesNotContain(keyLine());

        this.registry.updateBundle("partner", good());

        assertThat(content(material)).isNotSameAs(content);
        assertThat(this.events).containsExactly("partner FAILURE", "partner SUCCESS");
    }

    @Test
    void aBundleThatNeverHadAKeyNeedsNone() {
        SslContexts contexts = contexts();
        TlsMaterial material = contexts.of(register("partner", jks("ca.p12", TestTls.PASSWORD)));
        Object content = content(material);

        this.registry.updateBundle("partner", jks("ca.p12", TestTls.PASSWORD));

        assertThat(content(material)).isNotSameAs(content);
        assertThat(this.events).containsExactly("partner SUCCESS");
    }

    @Test
    void replacementsThatAreAnnouncedInTheWrongOrderEndWithTheLast() {
        SslContexts contexts = contexts();
        SslBundle first = register("partner", good());
        SslBundle last = good();
        this.registry.addBundleUpdateHandler("partner", news -> {
            if (news != last) {
                this.registry.updateBundle("partner", last);
            }
        });
        contexts.of(first);

        this.registry.updateBundle("partner", jks("client.p12", "wrong"));

        assertThat(this.events).containsExactly("partner SUCCESS", "partner SUCCESS");
    }

    @Test
    void anErrorOfABundleEndsNothing(CapturedOutput output) {
        SslContexts contexts = contexts();
        TlsMaterial material = contexts.of(register("partner", good()));
        Object content = content(material);

        this.registry.updateBundle("partner", SslBundle.of(new SslStoreBundle() {

            @Override
            public KeyStore getKeyStore() {
                throw new NoClassDefFoundError("a provider");
            }

            @Override
            public String getKeyStorePassword() {
                return null;
            }

            @Override
            public KeyStore getTrustStore() {
                return null;
            }
        }));

        assertThat(content(material)).isSameAs(content);
        assertThat(output).contains("cannot be used: a provider");
    }

    @Test
    void generationsThatNobodyHoldsAreForgotten() throws Exception {
        SslContexts contexts = contexts();
        contexts.of(register("partner", good()));
        for (int i = 0; i < 10; i++) {
            this.registry.updateBundle("partner", good());
        }
        BundleMap<?> materials = (BundleMap<?>) ReflectionTestUtils.getField(contexts, "materials");
        afterCollecting(() -> materials.size() == 1);
        assertThat(materials.size()).isEqualTo(1);
    }

    @Test
    void theRegistryOfAnotherContextKeepsNothingOfOursAlive() throws Exception {
        SslContexts contexts = contexts();
        TlsMaterial material = contexts.of(register("partner", good()));
        WeakReference<Object> ours = new WeakReference<>(contexts);
        WeakReference<Object> material0 = new WeakReference<>(material);
        contexts = null;
        material = null;

        afterCollecting(() -> ours.refersTo(null) && material0.refersTo(null));

        assertThat(ours.get()).isNull();
        assertThat(material0.get()).isNull();
        this.registry.updateBundle("partner", good());
        assertThat(this.events).isEmpty();
    }

    @Test
    void reloadsAndUsesAtTheSameTimeAgreeOnOneMaterial() throws Exception {
        for (int round = 0; round < 200; round++) {
            SslBundle first = light();
            DefaultSslBundleRegistry bundles = new DefaultSslBundleRegistry("partner", first);
            SslContexts contexts = new SslContexts(this.pools, this.listener, bundles);
            ExecutorService executor = Executors.newFixedThreadPool(4);
            try {
                List<Future<TlsMaterial>> results = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    int number = i;
                    results.add(executor.submit(() -> {
                        if (number == 3) {
                            bundles.updateBundle("partner", light());
                        }
                        return contexts.of((number % 2 == 0) ? first : bundles.getBundle("partner"));
                    }));
                }
                for (Future<TlsMaterial> result : results) {
                    assertThat(result.get()).isSameAs(contexts.of(first));
                }
            } finally {
                executor.shutdownNow();
            }
        }
    }

    private SslContexts contexts() {
        return new SslContexts(this.pools, this.listener, this.registry);
    }

    private SslBundle register(String name, SslBundle bundle) {
        this.registry.registerBundle(name, bundle);
        return bundle;
    }

    private static Object content(TlsMaterial material) {
        return ReflectionTestUtils.getField(material, "generation");
    }

    private static void afterCollecting(BooleanSupplier condition) throws InterruptedException {
        for (int i = 0; i < 200 && !condition.getAsBoolean(); i++) {
            System.gc();
            Thread.sleep(10);
        }
    }

    private static SslBundle good() {
        return pem(Identity.CLIENT.certificatePem(), Identity.CLIENT.keyPem());
    }

    private static SslBundle light() {
        return SslBundle.of(trusting(TestTls.trustStore()));
    }

    private static SslBundle pem(String certificate, String key) {
        return SslBundle.of(new PemSslStoreBundle(
                new PemSslStoreDetails(null, location(certificate), location(key)), (PemSslStoreDetails) null));
    }

    private static String location(String content) {
        return (content != null && content.endsWith(".pem")) ? file(content) : content;
    }

    private static SslBundle jks(String file, String password) {
        return SslBundle.of(jksStores(file, password));
    }

    private static SslStoreBundle jksStores(String file, String password) {
        return new JksSslStoreBundle(new JksSslStoreDetails("PKCS12", null, file(file), password), null);
    }

    private static String file(String name) {
        return directory.resolve(name).toUri().toString();
    }

    private static void write() throws Exception {
        byte[] client = resource("client.p12");
        Files.write(directory.resolve("client.p12"), client);
        Files.write(directory.resolve("ca.p12"), resource("ca.p12"));
        Files.write(directory.resolve("half.p12"), Arrays.copyOf(client, client.length / 2));
        Files.write(directory.resolve("empty.p12"), new byte[0]);
        Files.write(directory.resolve("empty.pem"), new byte[0]);
    }

    private static byte[] resource(String name) throws Exception {
        try (var in = TestTls.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        }
    }

    private static String keyLine() {
        return Identity.CLIENT.keyPem().lines().skip(1).findFirst().orElseThrow();
    }

    private static KeyStore emptyStore() throws Exception {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }

    private static SslStoreBundle trusting(KeyStore store) {
        return SslStoreBundle.of(null, null, store);
    }

    private static final class CountingRegistry extends DefaultSslBundleRegistry {

        final List<String> handlers = new CopyOnWriteArrayList<>();

        @Override
        public void addBundleUpdateHandler(String name, Consumer<SslBundle> updateHandler) {
            if (updateHandler.getClass().getName().contains("evenkeel.client.SslContexts")) {
                this.handlers.add(name);
            }
            super.addBundleUpdateHandler(name, updateHandler);
        }
    }
}
