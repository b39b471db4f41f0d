// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.redirect;

import io.evenkeel.policy.Origin;
import java.util.Locale;
import java.util.Set;

/**
 * Decides whether a request is sent on to where a redirect leads, and with what. A server decides where a redirect leads;
 * what it does not decide is who gets the credentials, header fields and bodies that were meant for it.
 */
public final class RedirectRule {

    /** As many as RFC 2068, section 10.3 recommended; later ones name no number. */
    public static final int MOST_REDIRECTS = 5;

    /**
     * Header fields that say how the response should look, not who asks. {@code Range} and the conditions belong together: a
     * range without its {@code If-Range} could be one of another version. {@code traceparent} consists of random numbers
     * (W3C Trace Context, section 3.2) and goes to all whom the application calls anyway; {@code tracestate} and
     * {@code baggage} may hold anything.
     */
    private static final Set<String> CROSSING = Set.of(
            "accept",
            "accept-charset",
            "accept-encoding",
            "accept-language",
            "cache-control",
            "if-match",
            "if-modified-since",
            "if-none-match",
            "if-range",
            "if-unmodified-since",
            "pragma",
            "range",
            "traceparent",
            "user-agent");

    private RedirectRule() {}

    /**
     * Decides on one redirect.
     *
     * @param from where the redirect comes from
     * @param to where it leads
     * @param method of the request as it would be sent on
     * @param body whether that request has a body
     * @return the decision
     */
    public static RedirectDecision decide(Origin from, Origin to, String method, boolean body) {
        if (from.equals(to)) {
            return RedirectDecision.FOLLOWED;
        }
        if (from.secure() && !to.secure()) {
            return RedirectDecision.DOWNGRADE;
        }
        if (body) {
            return RedirectDecision.BODY;
        }
        return (method.equals("GET") || method.equals("HEAD"))
                ? RedirectDecision.FOLLOWED_BARE
                : RedirectDecision.METHOD;
    }

    /** {@return whether a header field of this name may go to another origin} */
    public static boolean mayCross(String header) {
        return CROSSING.contains(header.toLowerCase(Locale.ROOT));
    }
}
