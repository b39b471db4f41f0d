// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

import java.util.Locale;

/** Why a request that failed is not sent again, though its failure is one of those that another request may mend. */
public enum RetryDenial {
    /** It may have been executed, is not idempotent, and carries nothing by which the server would recognize it. */
    NOT_IDEMPOTENT("it may have been executed"),
    /** Its body was read, and can be read once only. */
    NOT_REPEATABLE("its body can be read once only"),
    /** The call has had its retries. */
    MAX_RETRIES("that were all of its retries"),
    /** One wait for the read timeout is enough for a call. */
    TIMED_OUT_AGAIN("a call is sent again after one read timeout only"),
    /** The server asks for a longer wait than anybody wants. */
    RETRY_AFTER("the server asks for a longer wait"),
    /** What is left of the call is not enough. */
    TIME_LEFT("too little time is left of the call"),
    /** Nothing is sent to a route whose circuit breaker is open. */
    CIRCUIT_OPEN("its circuit breaker is open"),
    /** Too few requests succeed. */
    BUDGET("its retry budget is used up");

    private final String code = name().toLowerCase(Locale.ROOT);
    private final String text;

    RetryDenial(String text) {
        this.text = text;
    }

    /** {@return the value of the tag} */
    public String code() {
        return this.code;
    }

    /** {@return the reason, to follow the word "as"} */
    public String text() {
        return this.text;
    }
}
