// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.replay;

/** Why a request is not sent again. */
public enum ReplayObstacle {
    /** The client gave up waiting. */
    TIMED_OUT("the server may still be at work"),
    /** The caller left, or the client closed. */
    ABANDONED("the call was given up"),
    /** The peer broke the protocol. */
    PROTOCOL("the response breaks the protocol, and would do so again"),
    /** TLS failed. */
    TLS("TLS failed, and would do so again"),
    /** Not the connection failed. */
    LOCAL("it was not the connection that failed"),
    /** A fresh connection that breaks is a failure of the server, not of the reuse. */
    FRESH("the connection was fresh"),
    /** The server had begun to answer. */
    ANSWERED("a response had begun"),
    /** There is one replay for a request. */
    REPLAYED("it had been sent again before"),
    /** The body was consumed. */
    BODY("its body can be read once only"),
    /** The server may have acted on it, and acting twice is not the same as acting once. */
    METHOD("it may have been executed"),
    /** The client does not want it. */
    DISABLED("replay is switched off"),
    /** The server is in trouble, and is sent nothing more than it has. */
    CIRCUIT_OPEN("the circuit breaker of the route is open");

    private final String text;

    ReplayObstacle(String text) {
        this.text = text;
    }

    /** {@return the reason, to follow the word "as"} */
    public String text() {
        return this.text;
    }
}
