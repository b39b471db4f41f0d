// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.time.Duration;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.springframework.stereotype.Component;

/** A Jetty that closes idle connections after one second, to the millisecond, and does not announce it. */
@Component
public final class JettyUpstream extends JettyServer {

    JettyUpstream() {
        super("upstream-jetty", "http", Duration.ofSeconds(1), () ->
                new ConnectionFactory[] {new HttpConnectionFactory()});
        serve(new CallHandler());
    }
}
