// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.sample.upstream.JettyUpstream;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.Tally.Counts;
import io.evenkeel.sample.upstream.TlsUpstream;
import io.evenkeel.sample.upstream.TomcatUpstream;
import io.evenkeel.sample.upstream.Upstream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;

/** The servers misbehave as promised, seen through plain sockets. Upper limits leave room for a busy machine. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class UpstreamTests {

    @Autowired
    private TomcatUpstream tomcat;

    @Autowired
    private JettyUpstream jetty;

    @Autowired
    private TlsUpstream tls;

    @Autowired
    private SslBundles bundles;

    @Test
    void jettyClosesAnIdleConnectionAfterOneSecond() throws IOException {
        assertThat(idleUntilClosed(jetty)).isBetween(Duration.ofMillis(950), Duration.ofMillis(2000));
    }

    @Test
    void tomcatClosesAnIdleConnectionSomewhereFromOneToTwoSeconds() throws IOException {
        assertThat(idleUntilClosed(tomcat)).isBetween(Duration.ofMillis(950), Duration.ofMillis(3500));
    }

    @Test
    void aPostThatArrivesTwiceIsSeenByTheServer() throws IOException {
        for (Upstream upstream : new Upstream[] {tomcat, jetty}) {
            upstream.tally(Side.STOCK).reset();
            try (Socket socket = connect(upstream)) {
                exchange(socket, "POST", "one");
                exchange(socket, "POST", "two");
                exchange(socket, "POST", "one");
                exchange(socket, "GET", "three");
            }

            Counts counts = upstream.tally(Side.STOCK).counts();
            assertThat(counts.connectionsAccepted()).isEqualTo(1);
            assertThat(counts.gets()).isEqualTo(1);
            assertThat(counts.posts()).isEqualTo(3);
            assertThat(counts.distinctPosts()).isEqualTo(2);
            assertThat(counts.postsExecutedTwice()).isEqualTo(1);
        }
    }

    @Test
    void theServerTellsAResumedHandshakeFromAFullOne() throws IOException {
        tls.tally(Side.STOCK).reset();
        SSLContext shared = bundles.getBundle("upstream").createSslContext();
        for (int call = 0; call < 5; call++) {
            callOverTls(shared);
        }
        callOverTls(bundles.getBundle("upstream").createSslContext());

        Counts counts = tls.tally(Side.STOCK).counts();
        assertThat(counts.handshakes()).isEqualTo(6);
        assertThat(counts.handshakesResumed()).isEqualTo(4);
    }

    private void callOverTls(SSLContext context) throws IOException {
        URL url = tls.uri(Side.STOCK).resolve("/close").toURL();
        HttpsURLConnection connection = (HttpsURLConnection) url.openConnection();
        connection.setSSLSocketFactory(context.getSocketFactory());
        try (InputStream body = connection.getInputStream()) {
            assertThat(body.readAllBytes()).asString(StandardCharsets.US_ASCII).isEqualTo("ok");
        }
    }

    private static Duration idleUntilClosed(Upstream upstream) throws IOException {
        try (Socket socket = connect(upstream)) {
            String head = exchange(socket, "GET", "idle");
            long start = System.nanoTime();
            assertThat(head).startsWith("HTTP/1.1 200").doesNotContainIgnoringCase("keep-alive:");
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
            return Duration.ofNanos(System.nanoTime() - start);
        }
    }

    private static Socket connect(Upstream upstream) throws IOException {
        URI uri = upstream.uri(Side.STOCK);
        Socket socket = new Socket(uri.getHost(), uri.getPort());
        socket.setSoTimeout(5000);
        return socket;
    }

    /** Sends a request and reads to the end of the answer, which is the body "ok". */
    private static String exchange(Socket socket, String method, String callId) throws IOException {
        String request = method + " /calls HTTP/1.1\r\nHost: localhost\r\n" + Upstream.CALL_ID + ": " + callId
                + "\r\nContent-Length: 0\r\n\r\n";
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        StringBuilder answer = new StringBuilder();
        while (!answer.toString().endsWith("\r\n\r\nok")) {
            int next = socket.getInputStream().read();
            assertThat(next).as("the answer so far: " + answer).isNotNegative();
            answer.append((char) next);
        }
        return answer.toString();
    }
}
