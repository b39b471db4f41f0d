// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

/** A pause between two calls, and why it has this length. */
record Gap(Kind kind, long nanos) {

    /** Distributions of pauses. */
    enum Kind {
        /** None: the first call of a lane. */
        FIRST,
        /** Around the moment when the server closes. */
        EDGE,
        /** From hardly any time to twice the server's timeout. */
        SPREAD,
        /** So short that any client can use the connection again. */
        SHORT
    }
}
