// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

/** What the journal of an application tells. */
enum Event {

    /** The application has started; the detail is the port of its web server, 0 without one. */
    READY,

    /** A request has arrived. */
    REQUESTED,

    /** The context has begun to close. */
    CLOSING,

    /** An executor has taken a task. */
    ACCEPTED,

    /** An executor has refused a task. */
    REJECTED,

    /** A task has begun. */
    STARTED,

    /** A task has sent an HTTP request and has its answer. */
    CALLED,

    /** A task has ended as it should. */
    DONE,

    /** A task was interrupted. */
    INTERRUPTED,

    /** A task has ended with an exception, which is the detail. */
    FAILED
}
