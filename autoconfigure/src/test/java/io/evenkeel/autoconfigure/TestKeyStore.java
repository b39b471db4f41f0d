// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundleKey;
import org.springframework.boot.ssl.jks.JksSslStoreBundle;
import org.springframework.boot.ssl.jks.JksSslStoreDetails;

/** A fresh key with a self-signed certificate for {@code localhost}, in a file. */
public final class TestKeyStore {

    public static final String PASSWORD = "secret";

    private final Path file;

    private TestKeyStore(Path file) {
        this.file = file;
    }

    public static TestKeyStore createIn(Path directory) throws Exception {
        Path file = directory.resolve("localhost.p12");
        Process keytool = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "keytool")
                                .toString(),
                        "-genkeypair",
                        "-alias",
                        "localhost",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "san=dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        if (!keytool.waitFor(60, TimeUnit.SECONDS) || !Files.exists(file)) {
            throw new IllegalStateException("No key was made");
        }
        return new TestKeyStore(file);
    }

    public String location() {
        return this.file.toUri().toString();
    }

    /** {@return a bundle that identifies and trusts the same key} */
    public SslBundle bundle() {
        JksSslStoreDetails details = new JksSslStoreDetails("PKCS12", null, location(), PASSWORD);
        return SslBundle.of(new JksSslStoreBundle(details, details), SslBundleKey.of(PASSWORD));
    }
}
