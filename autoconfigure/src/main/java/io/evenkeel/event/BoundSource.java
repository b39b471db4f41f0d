// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

/** Who set the deadline of a call. A fixed set, since it becomes the value of a tag. */
public enum BoundSource {
    /** The property {@code call-timeout} of the client. */
    CLIENT,
    /** An attribute of the request. */
    REQUEST,
    /** Code of the application around the call. */
    CODE,
    /** Who called the application, by a header of its request. */
    CALLER
}
