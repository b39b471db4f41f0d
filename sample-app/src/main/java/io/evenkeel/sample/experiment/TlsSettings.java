// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

/**
 * How many clients are built, one after the other, and whether the server keeps the connection after its response: if it
 * does not, every client has to make a handshake, and it shows whether it is resumed.
 */
record TlsSettings(int clients, boolean keepAlive) {

    TlsSettings {
        Choice.within("clients", 1, 500, clients);
    }

    String path() {
        return keepAlive ? "/keep" : "/close";
    }
}
