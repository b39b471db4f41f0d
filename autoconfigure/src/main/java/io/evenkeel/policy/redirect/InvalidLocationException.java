// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.redirect;

/** A {@code Location} leads nowhere. The message says why, without a word of the field, which may hold secrets. */
public final class InvalidLocationException extends Exception {

    private static final long serialVersionUID = 1L;

    InvalidLocationException(String message) {
        super(message);
    }
}
