// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
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

    // What a store holds never changes.
    private static final Map<Identity, KeyManager[]> KEYS = new ConcurrentHashMap<>();

    private static final TrustManager[] TRUST = trustManagers(Authority.FIRST);

    private static final TrustManager[] TRUST_ALL = trustManagers(Authority.values());

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
        SELF_SIGNED("self-signed"),
        /** For {@code localhost} and {@code 127.0.0.1}, signed by the CA that follows. */
        NEXT_SERVER("next-server"),
        /** {@code CN=evenkeel-next-client}, signed by the CA that follows. */
        NEXT_CLIENT("next-client"),
        /** For {@code localhost} and {@code 127.0.0.1}, signed by the CA that follows, valid until 2020-01-03. */
        EXPIRED("expired");

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

        /** {@return the certificate, PEM} */
        public String certificatePem() {
            return pem("CERTIFICATE", store -> store.getCertificate(entry()).getEncoded());
        }

        /** {@return the private key, PEM} */
        public String keyPem() {
            return pem(
                    "PRIVATE KEY",
                    store -> store.getKey(entry(), PASSWORD.toCharArray()).getEncoded());
        }

        private String pem(String kind, Encoding encoding) {
            try {
                byte[] encoded = encoding.of(keyStore());
                String text = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded);
                return "-----BEGIN " + kind + "-----\n" + text + "\n-----END " + kind + "-----\n";
            } catch (GeneralSecurityException ex) {
                throw new IllegalStateException(this.file + " cannot be read", ex);
            }
        }

        private String entry() {
            return this.file.substring(0, this.file.indexOf('.'));
        }

        private interface Encoding {

            byte[] of(KeyStore store) throws GeneralSecurityException;
        }
    }

    /** Who signs. */
    public enum Authority {

        /** The test CA. */
        FIRST("ca.p12"),
        /** The CA that follows it after a rotation. */
        NEXT("next-ca.p12");

        private final String file;

        Authority(String file) {
            this.file = file;
        }
    }

    /** {@return a store that trusts the test CA} */
    public static KeyStore trustStore() {
        return trustStore(Authority.FIRST);
    }

    /** {@return a store that trusts these} */
    public static KeyStore trustStore(Authority... authorities) {
        try {
            KeyStore all = KeyStore.getInstance("PKCS12");
            all.load(null, null);
            for (Authority each : authorities) {
                all.setCertificateEntry(each.file, load(each.file).getCertificate("ca"));
            }
            return all;
        } catch (IOException | GeneralSecurityException ex) {
            throw new IllegalStateException("No trust store", ex);
        }
    }

    /** {@return the context of a client that trusts the test CA and shows no certificate} */
    public static SSLContext clientContext() {
        return context(null, TRUST);
    }

    /** {@return the context of a client that trusts the test CA and shows a certificate if asked} */
    public static SSLContext clientContext(Identity identity) {
        return context(KEYS.computeIfAbsent(identity, TestTls::keyManagers), TRUST);
    }

    /** {@return the context of a client that trusts these, and shows a certificate if asked and if it has one} */
    public static SSLContext clientContext(@Nullable Identity identity, Authority... trusted) {
        return context(
                (identity != null) ? KEYS.computeIfAbsent(identity, TestTls::keyManagers) : null,
                trustManagers(trusted));
    }

    /** {@return the context of a server that trusts client certificates of both CAs} */
    public static SSLContext serverContext(Identity identity) {
        return context(KEYS.computeIfAbsent(identity, TestTls::keyManagers), TRUST_ALL);
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

    private static TrustManager[] trustManagers(Authority... authorities) {
        try {
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trustStore(authorities));
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
