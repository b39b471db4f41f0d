// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * Keys and trust of the tests. The PKCS12 files are on the class path; {@code create-test-tls.sh} next to them says how
 * they were made. Each context is a new one: two of them share no TLS session.
 *
 * <pre>{@code
 * SSLContext client = TestTls.clientContext();
 * properties.put("spring.ssl.bundle.jks.test.truststore.location", TestTls.TRUST_STORE);
 * properties.put("spring.ssl.bundle.jks.test.truststore.password", TestTls.PASSWORD);
 * properties.put("spring.ssl.bundle.jks.test.keystore.location", TestTls.Identity.CLIENT.location());
 * }</pre>
 */
public final class TestTls {

    /** The password of every store and of every key in it. */
    public static final String PASSWORD = "evenkeel";

    /** Where Spring finds the trust store with the certificate of the test CA, of type PKCS12. */
    public static final String TRUST_STORE = "classpath:io/evenkeel/testing/ca.p12";

    // To open a store costs some 10 000 rounds of key derivation, and what it holds never changes.
    private static final Map<Identity, KeyManager[]> KEYS = new ConcurrentHashMap<>();

    private static final TrustManager[] TRUST = trustManagers();

    private TestTls() {}

    /** Who somebody claims to be: a key with its certificate. */
    public enum Identity {

        /** For {@code localhost} and {@code 127.0.0.1}, signed by the test CA. */
        SERVER("server"),
        /** {@code CN=evenkeel-client}, signed by the test CA, for mutual TLS. */
        CLIENT("client"),
        /** For {@code wrong.example}, signed by the test CA. */
        WRONG_HOST("wrong-host"),
        /** For {@code localhost} and {@code 127.0.0.1}, signed by nobody. */
        SELF_SIGNED("self-signed");

        private final String file;

        Identity(String file) {
            this.file = file + ".p12";
        }

        /** {@return where Spring finds the key store, of type PKCS12} */
        public String location() {
            return "classpath:io/evenkeel/testing/" + this.file;
        }

        /** {@return the key store} */
        public KeyStore keyStore() {
            return load(this.file);
        }
    }

    /** {@return a store that trusts the test CA} */
    public static KeyStore trustStore() {
        return load("ca.p12");
    }

    /** {@return the context of a client that trusts the test CA and shows no certificate} */
    public static SSLContext clientContext() {
        return context(null, TRUST);
    }

    /** {@return the context of a client that trusts the test CA and shows a certificate if asked} */
    public static SSLContext clientContext(Identity identity) {
        return context(KEYS.computeIfAbsent(identity, TestTls::keyManagers), TRUST);
    }

    /** {@return the context of a server that trusts client certificates of the test CA} */
    public static SSLContext serverContext(Identity identity) {
        return context(KEYS.computeIfAbsent(identity, TestTls::keyManagers), TRUST);
    }

    private static KeyManager[] keyManagers(Identity identity) {
        try {
            KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(identity.keyStore(), PASSWORD.toCharArray());
            return factory.getKeyManagers();
        } catch (GeneralSecurityException ex) {
            throw new IllegalStateException("The key of " + identity + " cannot be read", ex);
        }
    }

    private static TrustManager[] trustManagers() {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trustStore());
            return factory.getTrustManagers();
        } catch (GeneralSecurityException ex) {
            throw new IllegalStateException("The trust store of the tests cannot be read", ex);
        }
    }

    private static SSLContext context(KeyManager @Nullable [] keys, TrustManager[] trust) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys, trust, null);
            return context;
        } catch (GeneralSecurityException ex) {
            throw new IllegalStateException("No TLS context", ex);
        }
    }

    private static KeyStore load(String file) {
        try (InputStream in = TestTls.class.getResourceAsStream(file)) {
            KeyStore store = KeyStore.getInstance("PKCS12");
            if (in == null) {
                throw new IllegalStateException(file + " is not on the class path");
            }
            store.load(in, PASSWORD.toCharArray());
            return store;
        } catch (IOException | GeneralSecurityException ex) {
            throw new IllegalStateException(file + " cannot be read", ex);
        }
    }
}
