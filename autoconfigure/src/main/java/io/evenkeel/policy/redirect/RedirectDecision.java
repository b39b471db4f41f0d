// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.redirect;

/** What becomes of a redirect. What is not followed is handed out as the response. */
public enum RedirectDecision {
    /** The request goes there as it is. */
    FOLLOWED(""),
    /** The request goes there with those header fields only that {@link RedirectRule#mayCross} names. */
    FOLLOWED_BARE(""),
    /** What was encrypted would no longer be. */
    DOWNGRADE("it leads from https to http"),
    /** The body is meant for the first origin. */
    BODY("it would take the body to another origin"),
    /** The method may change something, on behalf of an origin that nobody called. */
    METHOD("only GET and HEAD are sent on to another origin");

    private final String text;

    RedirectDecision(String text) {
        this.text = text;
    }

    /** {@return whether the request is sent on} */
    public boolean followed() {
        return this == FOLLOWED || this == FOLLOWED_BARE;
    }

    /** {@return why the request is not sent on, to follow the word "as"} */
    public String text() {
        return this.text;
    }
}
