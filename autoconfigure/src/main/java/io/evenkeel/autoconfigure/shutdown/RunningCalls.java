// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

/** The HTTP calls of an application, for whom does not know HttpClient. */
@FunctionalInterface
public interface RunningCalls {

    /** Ends them; later ones are served. */
    void abort();
}
