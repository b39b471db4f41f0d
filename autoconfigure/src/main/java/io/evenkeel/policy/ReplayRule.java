// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import java.util.Set;

/** Decides whether a request whose exchange failed may be sent once more, at once, on a fresh connection. */
public final class ReplayRule {

    /** RFC 9110, section 9.2.2; CONNECT is not ours to repeat. Methods are case-sensitive (section 9.1). */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE");

    private ReplayRule() {}

    /** {@return whether repeating a request of this method has the same effect as sending it once} */
    public static boolean isIdempotent(String method) {
        return IDEMPOTENT.contains(method);
    }

    /**
     * Allows what RFC 9112, section 9.3.1 allows: an idempotent request on a connection that had been kept, which broke
     * before a byte of the answer. A fresh connection that breaks is a failure of the server, not of the reuse.
     *
     * @param method request method
     * @param repeatable whether the body, if any, can be written again now that it may have been written once
     * @param facts what is known of the exchange
     * @return whether to send it again
     */
    public static boolean allows(String method, boolean repeatable, ExchangeFacts facts) {
        return facts.reused()
                && facts.broken()
                && !facts.received()
                && !facts.timedOut()
                && repeatable
                && isIdempotent(method);
    }
}
