// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

/** What must not happen. */
enum Finding {
    FOREIGN_ANSWER("an answer to another request"),
    TRUNCATED_ANSWER("a body that was cut off, taken for whole"),
    CORRUPT_ANSWER("a body that is not what was sent"),
    EXECUTED_TWICE("a POST without key that the server got twice"),
    TORSO("a request that broke off, and that the server took for whole"),
    UNEXPECTED_EXCEPTION("an exception that no caller can be prepared for"),
    SERVER_BLAMED("an exception that blames a server without a fault"),
    WARNING("a warning of Evenkeel that no caller has earned"),
    CALL_WITHOUT_END("a call, or the closing of an answer, that did not end"),
    HEALTHY_CALL_FAILED("a call of a server without a fault that failed"),
    LEASES_LEFT("connections that stayed leased"),
    WAITERS_LEFT("callers that stayed in line"),
    IDLE_LEFT("idle connections that were not closed in time"),
    HOUSEKEEPER_STUCK("a housekeeper that waited for something else than connections"),
    CLOSE_WITHOUT_END("the closing of a client that did not end"),
    THREADS_LEFT("threads that did not end"),
    DESCRIPTORS_LEFT("file descriptors that stayed open"),
    CLOSE_WAIT("sockets whose server has closed, and that stayed open"),
    HEAP_LEFT("memory that was not given back");

    private final String text;

    Finding(String text) {
        this.text = text;
    }

    String text() {
        return this.text;
    }
}
