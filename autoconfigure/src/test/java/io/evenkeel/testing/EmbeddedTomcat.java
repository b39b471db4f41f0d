// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import jakarta.servlet.http.HttpServlet;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.apache.catalina.Context;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http11.Http11NioProtocol;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;
import org.springframework.util.FileSystemUtils;

/** A Tomcat at 127.0.0.1 with one servlet for all paths. Several may run at a time. */
public final class EmbeddedTomcat implements AutoCloseable {

    private final Tomcat tomcat;

    private final Path directory;

    private EmbeddedTomcat(Tomcat tomcat, Path directory) {
        this.tomcat = tomcat;
        this.directory = directory;
    }

    /**
     * Starts it.
     *
     * @param tls whether it speaks HTTPS, as {@link TestTls.Identity#SERVER}
     * @param keepAlive idle time after which it closes a connection, at its next look, which is up to a second later
     * @param hint whether its answers announce that time
     * @param servlet what answers
     */
    public static EmbeddedTomcat start(boolean tls, Duration keepAlive, boolean hint, HttpServlet servlet) {
        try {
            Path directory = Files.createTempDirectory("evenkeel-tomcat");
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(directory.toString());
            // It is the domain of MBeans.
            tomcat.getEngine().setName(directory.getFileName().toString());
            tomcat.setConnector(new Connector(protocol(tls, keepAlive, hint)));
            Context context = tomcat.addContext("", directory.toString());
            Tomcat.addServlet(context, "servlet", servlet);
            context.addServletMappingDecoded("/", "servlet");
            tomcat.start();
            return new EmbeddedTomcat(tomcat, directory);
        } catch (IOException | LifecycleException ex) {
            throw new IllegalStateException("Tomcat did not start", ex);
        }
    }

    private static Http11NioProtocol protocol(boolean tls, Duration keepAlive, boolean hint) {
        Http11NioProtocol protocol = new Http11NioProtocol();
        protocol.setAddress(InetAddress.getLoopbackAddress());
        protocol.setPort(0);
        protocol.setKeepAliveTimeout((int) keepAlive.toMillis());
        protocol.setMaxKeepAliveRequests(-1);
        protocol.setUseKeepAliveResponseHeader(hint);
        protocol.setMinSpareThreads(2);
        protocol.setMaxThreads(50);
        if (tls) {
            SSLHostConfig host = new SSLHostConfig();
            SSLHostConfigCertificate certificate =
                    new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.UNDEFINED);
            certificate.setCertificateKeystore(TestTls.Identity.SERVER.keyStore());
            certificate.setCertificateKeystorePassword(TestTls.PASSWORD);
            host.addCertificate(certificate);
            protocol.setSSLEnabled(true);
            protocol.addSslHostConfig(host);
        }
        return protocol;
    }

    /** {@return the port it listens at} */
    public int port() {
        return this.tomcat.getConnector().getLocalPort();
    }

    @Override
    public void close() {
        try {
            this.tomcat.stop();
            this.tomcat.destroy();
            FileSystemUtils.deleteRecursively(this.directory);
        } catch (IOException | LifecycleException ex) {
            throw new IllegalStateException("Tomcat did not stop", ex);
        }
    }
}
