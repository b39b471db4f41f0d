// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;

/** How the bytes get to the server. */
public enum Wiring {
    PLAIN,
    TLS_1_2,
    TLS_1_3;

    boolean secure() {
        return this != PLAIN;
    }

    /** {@return the description of a server that is reached this way} */
    public ServerScript server() {
        return switch (this) {
            case PLAIN -> ScriptedServer.http();
            case TLS_1_2 -> ScriptedServer.https().protocols("TLSv1.2");
            case TLS_1_3 -> ScriptedServer.https().protocols("TLSv1.3");
        };
    }
}
