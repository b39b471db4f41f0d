// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import org.jspecify.annotations.Nullable;

/** A call that may have a bound. It is found under one attribute of its context. */
public interface BoundedCall {

    String ATTRIBUTE = BoundedCall.class.getName();

    /** {@return the bound, if there is one} Asked by any thread. */
    @Nullable
    CallDeadline deadline();

    /** The read timeout is shorter than that of the client, as the caller wants it. */
    void hurry();

    /** Takes the connection of the call away, or its place in the line. Called by any thread. */
    void abort();
}
