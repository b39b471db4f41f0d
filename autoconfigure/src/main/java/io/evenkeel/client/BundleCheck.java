// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

/**
 * Finds a bundle with which every handshake would fail, although JSSE takes it without complaint: one without trust, or
 * one whose key belongs to another certificate, as when a rotation got no further than the first of two files.
 */
final class BundleCheck {

    private static final byte[] PROBE = new byte[32];

    private BundleCheck() {}

    /**
     * @param context what was made of it
     * @param keyExpected whether it has to have a private key
     * @throws IllegalStateException if the bundle is of no use, or cannot be read
     */
    static void check(SslBundle bundle, SSLContext context, boolean keyExpected) {
        SSLParameters supported = context.getSupportedSSLParameters();
        requireSupported("protocol", bundle.getOptions().getEnabledProtocols(), supported.getProtocols());
        requireSupported("cipher suite", bundle.getOptions().getCiphers(), supported.getCipherSuites());
        try {
            SslStoreBundle stores = bundle.getStores();
            KeyStore trust = stores.getTrustStore();
            if (trust != null && trust.size() == 0) {
                throw new IllegalStateException("its trust store has no certificate");
            }
            KeyStore keys = stores.getKeyStore();
            if (keys != null) {
                checkKeys(keys, bundle.getKey().getAlias(), password(bundle), keyExpected);
            }
        } catch (GeneralSecurityException ex) {
            throw new IllegalStateException("its stores cannot be read", ex);
        }
    }

    /** {@return whether it has a private key, in so far as it can be read} */
    static boolean hasKey(SslBundle bundle) {
        try {
            KeyStore keys = bundle.getStores().getKeyStore();
            return keys != null && !keyAliases(keys, null).isEmpty();
        } catch (GeneralSecurityException ex) {
            return true;
        }
    }

    private static void requireSupported(String kind, String @Nullable [] wanted, String[] supported) {
        for (String each : (wanted != null) ? wanted : new String[0]) {
            if (!Arrays.asList(supported).contains(each)) {
                throw new IllegalStateException("this JVM has no " + kind + " '" + each + "'");
            }
        }
    }

    private static char @Nullable [] password(SslBundle bundle) {
        String password = bundle.getKey().getPassword();
        password = (password != null) ? password : bundle.getStores().getKeyStorePassword();
        return (password != null) ? password.toCharArray() : null;
    }

    private static void checkKeys(
            KeyStore store, @Nullable String only, char @Nullable [] password, boolean keyExpected)
            throws GeneralSecurityException {
        List<String> aliases = keyAliases(store, only);
        if (aliases.isEmpty() && keyExpected) {
            throw new IllegalStateException("its key store has no private key");
        }
        for (String alias : aliases) {
            Certificate certificate = store.getCertificate(alias);
            if (store.getKey(alias, password) instanceof PrivateKey key
                    && (certificate == null || !matches(key, certificate.getPublicKey()))) {
                throw new IllegalStateException("its private key does not belong to its certificate");
            }
        }
    }

    private static List<String> keyAliases(KeyStore store, @Nullable String only) throws GeneralSecurityException {
        List<String> aliases = new ArrayList<>();
        for (String alias : Collections.list(store.aliases())) {
            if (store.isKeyEntry(alias) && (only == null || only.equalsIgnoreCase(alias))) {
                aliases.add(alias);
            }
        }
        return aliases;
    }

    private static boolean matches(PrivateKey key, PublicKey certified) throws GeneralSecurityException {
        if (!Objects.equals(key.getAlgorithm(), certified.getAlgorithm())) {
            return false;
        }
        String algorithm = switch (key.getAlgorithm()) {
            case "RSA" -> "SHA256withRSA";
            case "EC" -> "SHA256withECDSA";
            case "EdDSA" -> "EdDSA";
            default -> null;
        };
        if (algorithm == null) {
            // Not a reason to refuse it.
            return true;
        }
        Signature signature = Signature.getInstance(algorithm);
        signature.initSign(key);
        signature.update(PROBE);
        byte[] signed = signature.sign();
        signature.initVerify(certified);
        signature.update(PROBE);
        return signature.verify(signed);
    }
}
