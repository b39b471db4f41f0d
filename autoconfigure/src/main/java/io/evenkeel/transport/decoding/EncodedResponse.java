// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.decoding;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.io.entity.HttpEntityWrapper;
import org.apache.hc.core5.http.message.HttpResponseWrapper;
import org.jspecify.annotations.Nullable;

/**
 * A response on its way through HttpClient's decompression, which closes what it cannot decode to the end. Here that does
 * not happen, so that such a response can still be handed out, with what was decoded of it. Used by one thread.
 */
final class EncodedResponse extends HttpResponseWrapper implements ClassicHttpResponse {

    private static final String IDENTITY = "identity";

    private final ClassicHttpResponse response;
    private final List<String> codings;
    private final Encoded encoded;
    private HttpEntity entity;
    private int decoded;
    private boolean decoding = true;

    private EncodedResponse(ClassicHttpResponse response, HttpEntity entity, List<String> codings) {
        super(response);
        this.response = response;
        this.codings = codings;
        this.encoded = new Encoded(entity, String.join(", ", codings));
        this.entity = this.encoded;
    }

    /** {@return the response, if it has content in a coding, otherwise null} */
    static @Nullable EncodedResponse of(ClassicHttpResponse response) {
        HttpEntity entity = response.getEntity();
        if (entity == null || !response.containsHeader(HttpHeaders.CONTENT_ENCODING)) {
            return null;
        }
        return new EncodedResponse(response, entity, codings(response));
    }

    /** {@return the codings in the order in which they were applied} All lines count, of which HttpClient reads one. */
    private static List<String> codings(ClassicHttpResponse response) {
        List<String> codings = new ArrayList<>();
        for (Header line : response.getHeaders(HttpHeaders.CONTENT_ENCODING)) {
            for (String value : line.getValue().split(",", -1)) {
                String coding = value.trim().toLowerCase(Locale.ROOT);
                if (!coding.isEmpty() && !coding.equals(IDENTITY)) {
                    // The same to all that are of this age (RFC 9110, section 8.4.1.3).
                    codings.add(coding.equals("x-gzip") ? "gzip" : coding);
                }
            }
        }
        return codings;
    }

    /** {@return whether it is the reading of the encoded content that failed of this, not its decompression} */
    boolean failedOf(IOException failure) {
        return this.encoded.failure == failure;
    }

    /** {@return how many codings it has} */
    int codings() {
        return this.codings.size();
    }

    /** {@return whether there is a coding that was not decoded} */
    boolean hasUndecoded() {
        return this.decoded < this.codings.size();
    }

    /** {@return the outermost coding that was not decoded} */
    String undecoded() {
        return this.codings.get(this.codings.size() - this.decoded - 1);
    }

    boolean isDecoded() {
        return this.decoded > 0;
    }

    /** Says of the content what of its codings is left, so that somebody else can decode it. */
    void nameUndecoded() {
        if (this.decoded > 0) {
            List<String> left = this.codings.subList(0, this.codings.size() - this.decoded);
            this.response.removeHeaders(HttpHeaders.CONTENT_ENCODING);
            this.response.addHeader(HttpHeaders.CONTENT_ENCODING, String.join(", ", left));
        }
    }

    /**
     * Ends the decompression.
     *
     * @return the response itself, with the content as far as it is decoded
     */
    ClassicHttpResponse end() {
        this.decoding = false;
        this.response.setEntity((this.entity instanceof Encoded encoded) ? encoded.entity : this.entity);
        return this.response;
    }

    @Override
    public HttpEntity getEntity() {
        return this.entity;
    }

    /** Called for each coding that is decoded, from the outermost inwards. */
    @Override
    public void setEntity(HttpEntity entity) {
        this.entity = entity;
        this.decoded++;
    }

    @Override
    public void close() throws IOException {
        if (!this.decoding) {
            this.response.close();
        }
    }

    private static final class Encoded extends HttpEntityWrapper {

        private final HttpEntity entity;
        private final String codings;
        private volatile @Nullable IOException failure;

        Encoded(HttpEntity entity, String codings) {
            super(entity);
            this.entity = entity;
            this.codings = codings;
        }

        @Override
        public InputStream getContent() throws IOException {
            return new FilterInputStream(super.getContent()) {

                @Override
                public int read() throws IOException {
                    try {
                        return this.in.read();
                    } catch (IOException ex) {
                        Encoded.this.failure = ex;
                        throw ex;
                    }
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    try {
                        return this.in.read(buffer, offset, length);
                    } catch (IOException ex) {
                        Encoded.this.failure = ex;
                        throw ex;
                    }
                }
            };
        }

        @Override
        public String getContentEncoding() {
            return this.codings;
        }
    }
}
