// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.InputStreamEntity;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.web.client.RestClient;

/**
 * The body of a request, and how it is handed over.
 *
 * @param way how
 * @param payload what
 * @param breaksAt after so many bytes the caller throws, unless that is all of them
 * @param fault what it throws then
 */
record Upload(Way way, byte[] payload, int breaksAt, CallersFault fault) {

    /** How a body is handed over. */
    enum Way {
        NONE,
        BYTES,
        STREAM,
        WRITER,
        WRITER_WITH_LENGTH
    }

    static final Upload NONE = new Upload(Way.NONE, new byte[0], 0, CallersFault.CHECKED);

    boolean breaks() {
        return this.way != Way.BYTES && this.breaksAt < this.payload.length;
    }

    void addTo(RestClient.RequestBodySpec request) {
        request.contentType(MediaType.APPLICATION_OCTET_STREAM);
        switch (this.way) {
            case NONE -> {}
            case BYTES -> request.body(this.payload);
            case STREAM -> request.body(new InputStreamResource(new BreakingStream()));
            case WRITER -> request.body((StreamingHttpOutputMessage.Body) this::write);
            case WRITER_WITH_LENGTH ->
                request.contentLength(this.payload.length).body((StreamingHttpOutputMessage.Body) this::write);
        }
    }

    /** {@return the same for HttpClient} */
    @Nullable
    HttpEntity entity() {
        ContentType type = ContentType.APPLICATION_OCTET_STREAM;
        return switch (this.way) {
            case NONE -> null;
            case BYTES -> new ByteArrayEntity(this.payload, type);
            case STREAM -> new InputStreamEntity(new BreakingStream(), type);
            case WRITER -> new EntityTemplate(-1, type, null, this::write);
            case WRITER_WITH_LENGTH -> new EntityTemplate(this.payload.length, type, null, this::write);
        };
    }

    private void write(OutputStream out) throws IOException {
        int half = this.breaksAt / 2;
        out.write(this.payload, 0, half);
        if (half % 2 == 0) {
            out.flush();
        }
        out.write(this.payload, half, this.breaksAt - half);
        if (breaks()) {
            this.fault.raise();
        }
    }

    private final class BreakingStream extends InputStream {

        private final ByteArrayInputStream in = new ByteArrayInputStream(Upload.this.payload, 0, Upload.this.breaksAt);

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = this.in.read(buffer, offset, length);
            if (count < 0 && breaks()) {
                Upload.this.fault.raise();
            }
            return count;
        }
    }
}
