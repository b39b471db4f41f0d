// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import io.evenkeel.testing.EmbeddedTomcat;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;

/** Tomcat. */
final class TomcatServer implements RaceServer {

    private final EmbeddedTomcat tomcat;

    private TomcatServer(EmbeddedTomcat tomcat) {
        this.tomcat = tomcat;
    }

    static RaceServer start(boolean tls, Duration idleTimeout, boolean hint, Ledger ledger) {
        return new TomcatServer(EmbeddedTomcat.start(tls, idleTimeout, hint, new CallServlet(ledger)));
    }

    @Override
    public int port() {
        return this.tomcat.port();
    }

    @Override
    public void close() {
        this.tomcat.close();
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
