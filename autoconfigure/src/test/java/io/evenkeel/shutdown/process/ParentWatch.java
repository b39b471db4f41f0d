// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.io.IOException;

/** Ends this process at once when the one that started it is gone, so that none is left behind. */
final class ParentWatch {

    private ParentWatch() {}

    static void start() {
        Thread thread = new Thread(ParentWatch::haltAtEndOfInput, "parent-watch");
        thread.setDaemon(true);
        thread.start();
    }

    private static void haltAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // Nothing is ever sent.
            }
        } catch (IOException ex) {
            // The same as the end.
        }
        Runtime.getRuntime().halt(99);
    }
}
