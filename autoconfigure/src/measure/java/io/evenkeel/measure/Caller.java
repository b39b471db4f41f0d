// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import java.io.IOException;
import java.io.InputStream;

/** A client that makes one kind of call, from any number of threads. */
@FunctionalInterface
interface Caller {

    /** {@return the number of bytes that were read, or 0 if it was an object} */
    int call() throws IOException;

    /** Reads a stream to its end. */
    static int drain(InputStream in) throws IOException {
        byte[] buffer = new byte[8192];
        int all = 0;
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
            all += read;
        }
        return all;
    }
}
