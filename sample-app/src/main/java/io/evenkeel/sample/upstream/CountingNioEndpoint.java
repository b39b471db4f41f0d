// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import java.nio.channels.SocketChannel;
import org.apache.tomcat.util.net.NioEndpoint;

/** Tomcat's endpoint, counting accepted connections: Tomcat itself only knows how many are open. */
final class CountingNioEndpoint extends NioEndpoint {

    private final Tally tally;

    CountingNioEndpoint(Tally tally) {
        this.tally = tally;
    }

    @Override
    protected SocketChannel serverSocketAccept() throws Exception {
        SocketChannel accepted = super.serverSocketAccept();
        tally.connectionAccepted();
        return accepted;
    }
}
