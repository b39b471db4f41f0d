// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** What a call does, in this order. A fixed set, since it becomes the value of a tag. */
public enum CallPhase {
    /** The request is made ready: interceptors run, or a redirect, a challenge or a replay is gone about. */
    PREPARING("preparing a request"),
    /** A connection is waited for. */
    ACQUIRING("waiting for a connection"),
    /** The name of the host is resolved. */
    RESOLVING("resolving the host"),
    /** A TCP connection is opened, or a tunnel through a proxy. */
    CONNECTING("connecting"),
    /** TLS begins on it. */
    HANDSHAKE("in the TLS handshake"),
    /** The request is written. */
    SENDING("sending the request"),
    /** The head of the response is waited for and read. */
    WAITING("waiting for the response"),
    /** The body of the response is read. */
    READING("reading the body");

    private final String words;

    CallPhase(String words) {
        this.words = words;
    }

    /** {@return the phase in the words of a message} */
    public String words() {
        return this.words;
    }
}
