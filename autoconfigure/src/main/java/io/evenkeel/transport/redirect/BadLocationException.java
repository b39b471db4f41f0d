// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.redirect;

import io.evenkeel.policy.redirect.InvalidLocationException;
import org.apache.hc.core5.http.ProtocolException;

/** A redirect that leads nowhere. {@code CallExec} makes of it what callers see. */
public final class BadLocationException extends ProtocolException {

    private static final long serialVersionUID = 1L;

    BadLocationException(InvalidLocationException cause) {
        super(cause.getMessage(), cause);
    }
}
