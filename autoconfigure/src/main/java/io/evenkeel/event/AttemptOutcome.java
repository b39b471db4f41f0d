// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** What became of a request that went to a wire. All but the last are those of the meter {@code http.client.requests}. */
public enum AttemptOutcome {
    INFORMATIONAL,
    SUCCESS,
    REDIRECTION,
    CLIENT_ERROR,
    SERVER_ERROR,
    /** A status outside of 100 to 599, or a failure that was neither the network's nor the server's. */
    UNKNOWN,
    /** No response head, or none that could be understood. */
    IO_ERROR;

    private static final AttemptOutcome[] BY_HUNDREDS = {
        UNKNOWN, INFORMATIONAL, SUCCESS, REDIRECTION, CLIENT_ERROR, SERVER_ERROR
    };

    /** {@return the outcome that a response with this status is} */
    public static AttemptOutcome ofStatus(int status) {
        int hundreds = status / 100;
        return (hundreds > 0 && hundreds < BY_HUNDREDS.length) ? BY_HUNDREDS[hundreds] : UNKNOWN;
    }
}
