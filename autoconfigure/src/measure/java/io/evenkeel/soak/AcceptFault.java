// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;

/** What a rude server does to a connection before there is a request. */
enum AcceptFault {
    NONE(peer -> true),
    NONE_EITHER(peer -> true),
    FIN(Peer::fin),
    RST(Peer::reset),
    FIN_SOON(peer -> {
        peer.rest(3);
        return peer.fin();
    }),
    HALF_CLOSE(Peer::halfClose),
    STALL(Peer::stall),
    SLOW(peer -> {
        peer.rest(100);
        return true;
    }),
    GARBAGE(peer -> {
        peer.send("SSH-2.0-OpenSSH_9.6\r\n");
        return peer.stall();
    }),
    TLS_ALERT(peer -> {
        peer.sendBelowTls(Peer.HANDSHAKE_FAILURE);
        return peer.fin();
    });

    private interface Act {

        boolean on(Peer peer) throws IOException;
    }

    private final Act act;

    AcceptFault(Act act) {
        this.act = act;
    }

    /** {@return whether the connection goes on} */
    boolean endures(Peer peer) throws IOException {
        return this.act.on(peer);
    }
}
