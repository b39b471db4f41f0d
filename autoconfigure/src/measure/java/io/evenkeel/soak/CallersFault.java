// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;

/** What callers throw into their own calls. */
enum CallersFault {
    CHECKED,
    UNCHECKED,
    ERROR;

    private static final String MESSAGE = "thrown by the caller";

    /** An input or output that failed on the caller's side. */
    static final class Checked extends IOException {

        Checked() {
            super(MESSAGE);
        }
    }

    /** Any fault of the caller's code. */
    static final class Unchecked extends RuntimeException {

        Unchecked() {
            super(MESSAGE);
        }
    }

    /** What nobody catches. */
    static final class Fatal extends Error {

        Fatal() {
            super(MESSAGE);
        }
    }

    /** Throws it. */
    void raise() throws IOException {
        switch (this) {
            case CHECKED -> throw new Checked();
            case UNCHECKED -> throw new Unchecked();
            case ERROR -> throw new Fatal();
        }
    }

    static boolean isOne(Throwable thrown) {
        return thrown instanceof Checked || thrown instanceof Unchecked || thrown instanceof Fatal;
    }
}
