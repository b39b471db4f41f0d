// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.function.UnaryOperator;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;

/** The body of a response, whose stream is a {@link BoundedDrainStream}. */
public final class BoundedDrainEntity extends HttpEntityWrapper {

    private final BoundedDrainStream content;

    /** @param translation makes of a failure what the caller is to see */
    BoundedDrainEntity(HttpEntity entity, ExecChain.Scope scope, UnaryOperator<IOException> translation)
            throws IOException {
        super(entity);
        // Here, and not when it is asked for: threads that ask at the same time must get the same.
        this.content = new BoundedDrainStream(entity.getContent(), entity.getContentLength(), scope, translation);
    }

    /** {@return whether reading the body failed of this} */
    boolean failedOf(IOException failure) {
        return this.content.failedOf(failure);
    }

    /** {@return whether nothing is left to read} */
    boolean hasEnded() {
        return this.content.hasEnded();
    }

    /** {@return whether it has been read to an end that its last chunk proves, and nothing was in it} */
    public boolean endedEmpty() {
        return isChunked() && this.content.endedEmpty();
    }

    /** {@return bytes that were read of it} */
    public long bytesRead() {
        return this.content.bytesRead();
    }

    /** Gives it up for what was read of it, or for its length: the call has failed of that, and its connection is closed. */
    public void refuse(IOException why) {
        this.content.refuse(why);
    }

    @Override
    public InputStream getContent() {
        return this.content;
    }

    @Override
    public void writeTo(OutputStream out) throws IOException {
        try (InputStream in = getContent()) {
            in.transferTo(out);
        }
    }

    @Override
    public void close() throws IOException {
        getContent().close();
    }
}
