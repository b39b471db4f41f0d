// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.http1;

import io.evenkeel.policy.ResponseLimits;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.HexFormat;
import java.util.Objects;
import org.apache.hc.core5.http.StreamClosedException;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a body in the chunked coding (RFC 9112, section 7.1). A size is of hex digits only and ends with CRLF, and what
 * stands around the data, extensions and trailer, is bounded as a head is. Once it has failed it goes on failing: after a
 * timeout inside of a size the rest of that size must not be taken for another one. The trailer is read and dropped.
 */
public final class StrictChunks extends InputStream {

    /** Of a long in hexadecimal. */
    private static final int MOST_SIZE_DIGITS = 16;

    /** Leading zeros say nothing; some servers fill sizes up with them. */
    private static final int MOST_ZEROS = 4096;

    private final SessionInputBuffer buffer;
    private final InputStream in;
    private final HeadReader head;
    private long left;
    private boolean begun;
    private boolean ended;
    private boolean closed;
    private @Nullable IOException failure;

    public StrictChunks(SessionInputBuffer buffer, InputStream in, ResponseLimits limits) {
        this.buffer = buffer;
        this.in = in;
        this.head = new HeadReader(limits, buffer, in, "chunk header");
    }

    @Override
    public int available() {
        return (int) Math.min(this.buffer.length(), this.left);
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return (read(one, 0, 1) < 0) ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, target.length);
        if (this.closed) {
            throw new StreamClosedException();
        }
        if (length == 0) {
            return 0;
        }
        if (this.left == 0 && !nextChunk()) {
            return -1;
        }
        int read = this.buffer.read(target, offset, (int) Math.min(length, this.left), this.in);
        if (read < 0) {
            throw UnacceptableResponseException.truncated(
                    "its body ended with %d bytes of a chunk to come".formatted(this.left));
        }
        this.left -= read;
        return read;
    }

    /** {@return whether there is one} */
    private boolean nextChunk() throws IOException {
        if (this.failure != null) {
            throw this.failure;
        }
        if (!this.ended) {
            try {
                this.head.begin("chunk header");
                this.left = readSize(this.head);
                this.begun = true;
                if (this.left == 0) {
                    this.head.begin("trailer");
                    readTrailer(this.head);
                    this.ended = true;
                }
            } catch (IOException ex) {
                this.left = 0;
                this.failure = ex;
                throw ex;
            }
        }
        return !this.ended;
    }

    private long readSize(HeadReader line) throws IOException {
        if (this.begun && (line.next() != '\r' || line.next() != '\n')) {
            throw UnacceptableResponseException.malformed("a chunk of its body does not end where its size says");
        }
        int zeros = 0;
        int next = line.next();
        while (next == '0') {
            if (++zeros > MOST_ZEROS) {
                throw UnacceptableResponseException.malformed(
                        "a chunk size of its body begins with more than %d zeros".formatted(MOST_ZEROS));
            }
            next = line.next();
        }
        long size = 0;
        int digits = 0;
        while (HexFormat.isHexDigit(next)) {
            size = (size << 4) | HexFormat.fromHexDigit(next);
            if (++digits > MOST_SIZE_DIGITS || size < 0) {
                throw UnacceptableResponseException.malformed("a chunk size of its body is larger than can be counted");
            }
            next = line.next();
        }
        if (zeros + digits == 0) {
            throw badSize();
        }
        skipExtension(next, line);
        return size;
    }

    /** Some servers fill the size up with blanks; anything else behind it is an extension. */
    private static void skipExtension(int first, HeadReader line) throws IOException {
        int next = first;
        while (HeadReader.isBlank(next)) {
            next = line.next();
        }
        requireNoLoneLineFeed(next);
        if (next != ';' && next != '\r') {
            throw badSize();
        }
        while (next != '\r') {
            requireNoLoneLineFeed(next);
            if (next == 0) {
                throw badSize();
            }
            next = line.next();
        }
        if (line.next() != '\n') {
            throw UnacceptableResponseException.malformed("CR without LF in a chunk header of its body");
        }
    }

    /** Who takes it for the end of a line and who does not see chunks at different places (RFC 9112, section 11.2). */
    private static void requireNoLoneLineFeed(int next) throws UnacceptableResponseException {
        if (next == '\n') {
            throw UnacceptableResponseException.malformed(
                    "a chunk header of its body ends with a lone LF in place of CRLF");
        }
    }

    private static UnacceptableResponseException badSize() {
        return UnacceptableResponseException.malformed(
                "a chunk header of its body is not a number of hex digits, with or without an extension, and CRLF");
    }

    /** The body is complete with its last chunk, whether the peer ends the line behind it or not (section 8). */
    private void readTrailer(HeadReader lines) throws IOException {
        int first = lines.read();
        if (first == '\r') {
            int second = lines.read();
            if (second >= 0 && second != '\n') {
                throw UnacceptableResponseException.malformed("CR without LF in its trailer");
            }
        } else if (first >= 0) {
            lines.readFields(first);
        }
    }

    /** Reads to the end, as HttpCore's own does, since the connection may be used again after it. */
    @Override
    public void close() throws IOException {
        if (this.closed) {
            return;
        }
        try {
            if (!this.ended && this.failure == null) {
                transferTo(OutputStream.nullOutputStream());
            }
        } finally {
            this.closed = true;
        }
    }
}
