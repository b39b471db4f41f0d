// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.overload;

import java.net.URI;
import java.util.function.Consumer;

/** One instance of an application that calls the server, with a client of its own. Thread-safe. */
record Instance(Consumer<URI> calling, Runnable closing) implements AutoCloseable {

    /** Makes a call as the code of the application does: with all that it does about failures. */
    void call(URI uri) {
        calling.accept(uri);
    }

    @Override
    public void close() {
        closing.run();
    }
}
