// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import io.evenkeel.testing.TestTls;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
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

/** Tomcat. */
final class TomcatServer implements RaceServer {

    private final Tomcat tomcat;
    private final Path directory;

    private TomcatServer(Tomcat tomcat, Path directory) {
        this.tomcat = tomcat;
        this.directory = directory;
    }

    static RaceServer start(boolean tls, Duration idleTimeout, boolean hint, Ledger ledger) {
        try {
            Path directory = Files.createTempDirectory("evenkeel-race-tomcat");
            Tomcat tomcat = new Tomcat();
            tomcat.setBaseDir(directory.toString());
            // It is the domain of MBeans, and several run at a time.
            tomcat.getEngine().setName(directory.getFileName().toString());
            tomcat.setConnector(new Connector(protocol(tls, idleTimeout, hint)));
            Context context = tomcat.addContext("", directory.toString());
            Tomcat.addServlet(context, "calls", new CallServlet(ledger));
            context.addServletMappingDecoded("/", "calls");
            tomcat.start();
            return new TomcatServer(tomcat, directory);
        } catch (IOException | LifecycleException ex) {
            throw new IllegalStateException("Tomcat did not start", ex);
        }
    }

    private static Http11NioProtocol protocol(boolean tls, Duration idleTimeout, boolean hint) {
        Http11NioProtocol protocol = new Http11NioProtocol();
        protocol.setAddress(InetAddress.getLoopbackAddress());
        protocol.setPort(0);
        protocol.setKeepAliveTimeout((int) idleTimeout.toMillis());
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

    @Override
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

    private static final class CallServlet extends HttpServlet {

        private static final long serialVersionUID = 1L;

        private final transient Ledger ledger;

        CallServlet(Ledger ledger) {
            this.ledger = ledger;
        }

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            request.getInputStream().readAllBytes();
            this.ledger.executed(
                    request.getHeader(CALL_ID), request.getServletConnection().getConnectionId());
            response.setContentType("text/plain");
            response.setContentLength(2);
            response.getOutputStream().print("ok");
        }
    }
}
