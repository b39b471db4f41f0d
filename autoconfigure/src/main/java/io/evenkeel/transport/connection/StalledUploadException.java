// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.connection;

import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The peer takes no more of a request. */
public final class StalledUploadException extends SocketTimeoutException {

    private static final long serialVersionUID = 1L;

    private final long written;
    private final String what;

    StalledUploadException(long written, Duration limit, String what, @Nullable IOException cause) {
        super("Write timed out: " + what + " taken within " + Texts.duration(limit));
        this.what = what;
        this.written = written;
        initCause(cause);
    }

    /** {@return what the peer did not take, as in "no byte"} */
    public String what() {
        return this.what;
    }

    /** {@return bytes of the request that were written before, give or take a buffer} */
    public long written() {
        return this.written;
    }
}
