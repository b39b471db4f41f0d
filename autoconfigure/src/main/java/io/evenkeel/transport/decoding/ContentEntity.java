// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.decoding;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.jspecify.annotations.Nullable;

/** A body that is read through a stream of its own, which is made once. All else is that of another one. */
abstract class ContentEntity extends HttpEntityWrapper {

    private @Nullable InputStream content;

    ContentEntity(HttpEntity entity) {
        super(entity);
    }

    abstract InputStream through(InputStream in);

    @Override
    public final InputStream getContent() throws IOException {
        if (this.content == null) {
            this.content = through(super.getContent());
        }
        return this.content;
    }

    @Override
    public final void writeTo(OutputStream out) throws IOException {
        try (InputStream in = getContent()) {
            in.transferTo(out);
        }
    }
}
