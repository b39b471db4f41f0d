// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.replay;

/**
 * What is known of an exchange that gave no response. Exception classes do not tell whether a server may have acted; these
 * do. They are facts of one exchange: what a connection sent or received before does not count.
 *
 * @param kept whether the connection had carried an exchange before, so that its peer may have closed it meanwhile
 * @param ending how the exchange ended
 * @param sent whether any byte of the request may have left; {@code false} has to be proven
 * @param received whether any byte of a response arrived
 */
public record ExchangeFacts(boolean kept, Ending ending, boolean sent, boolean received) {

    /** {@return whether a kept connection broke before any response} */
    public boolean connectionLost() {
        return this.ending == Ending.BROKEN && this.kept && !this.received;
    }

    /** How an exchange ends without a response to hand out. */
    public enum Ending {
        /** The connection ended or was reset, or was found to be dead. */
        BROKEN,
        /** The server answered 408 and closed: it said goodbye to an idle connection (RFC 9110, section 15.5.9). */
        GOODBYE,
        /** The client gave up waiting; the server may still be at work. */
        TIMED_OUT,
        /** The thread was interrupted, or the client closed the connection itself. */
        ABANDONED,
        /** The peer does not speak HTTP as it should. */
        PROTOCOL,
        /** The peers did not agree on TLS, or one of them raised an alert. */
        TLS,
        /** Something else than the connection failed, such as what was to be sent on it. */
        LOCAL
    }
}
