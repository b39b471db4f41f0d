// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.http1;

import io.evenkeel.policy.ResponseLimits;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.ParseException;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BufferedHeader;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines and header fields byte by byte, so that nothing is read that does not belong to them, what is wrong is seen
 * as soon as it has come, and no more is read than the limits allow (RFC 9112, sections 2.2 and 5). A lone LF ends a line,
 * too; a lone CR and NUL are refused. Used by one thread at a time, as its connection is.
 */
final class HeadReader {

    /** The characters of a token (RFC 9110, section 5.6.2) beside digits and letters. */
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final ResponseLimits limits;
    private final SessionInputBuffer buffer;
    private final InputStream in;
    private String what;
    private @Nullable CharArrayBuffer line;
    private int count;
    private int readBefore;

    /**
     * @param buffer reads from the stream
     * @param in stream of the connection
     * @param what what is read, for messages
     */
    HeadReader(ResponseLimits limits, SessionInputBuffer buffer, InputStream in, String what) {
        this(limits, buffer, in, what, null);
    }

    /** @param line to read into, of one's own if there is none */
    HeadReader(
            ResponseLimits limits,
            SessionInputBuffer buffer,
            InputStream in,
            String what,
            @Nullable CharArrayBuffer line) {
        this.line = line;
        this.limits = limits;
        this.buffer = buffer;
        this.in = in;
        this.what = what;
    }

    /**
     * Starts counting anew: one reader serves all chunks of a body.
     *
     * @param what what is read from now on, for messages
     */
    void begin(String what) {
        this.what = what;
        this.count = 0;
    }

    /** @param bytes what counts for the same limit and was read by another reader */
    void alreadyRead(int bytes) {
        this.readBefore = bytes;
    }

    /** {@return the next byte, or -1 if the stream has ended} */
    int read() throws IOException {
        int next = this.buffer.read(this.in);
        if (next >= 0 && ++this.count > this.limits.maxHeadBytes() - this.readBefore) {
            String more = (this.readBefore > 0) ? ", with those of the interim responses before it," : "";
            throw UnacceptableResponseException.tooLarge(
                    "its %s%s is larger than %d bytes".formatted(this.what, more, this.limits.maxHeadBytes()),
                    "max-response-head-size");
        }
        return next;
    }

    /** {@return the next byte} */
    int next() throws IOException {
        int next = read();
        if (next < 0) {
            throw truncated();
        }
        return next;
    }

    /** {@return how many bytes were read} */
    int count() {
        return this.count;
    }

    UnacceptableResponseException truncated() {
        return UnacceptableResponseException.truncated("its %s ended after %d bytes".formatted(this.what, this.count));
    }

    private UnacceptableResponseException malformed(String fault) {
        return UnacceptableResponseException.malformed("%s in its %s".formatted(fault, this.what));
    }

    /**
     * Reads the rest of a line.
     *
     * @param first its next byte
     * @return the line from that byte on, without its end; valid until the next one is read
     */
    CharArrayBuffer readLine(int first) throws IOException {
        CharArrayBuffer line = emptyLine();
        int next = first;
        while (next != '\n') {
            if (next == '\r') {
                if (next() != '\n') {
                    throw malformed("CR without LF");
                }
                break;
            }
            if (next == 0) {
                throw malformed("NUL");
            }
            line.append((char) next);
            next = next();
        }
        return line;
    }

    /** Made when it is needed, which between chunks it is not. */
    private CharArrayBuffer emptyLine() {
        CharArrayBuffer known = this.line;
        if (known == null) {
            known = new CharArrayBuffer(128);
            this.line = known;
        }
        known.clear();
        return known;
    }

    /**
     * Reads header fields up to the empty line behind them.
     *
     * @param first their first byte
     */
    Header[] readFields(int first) throws IOException {
        List<Header> fields = new ArrayList<>(16);
        CharArrayBuffer field = null;
        for (CharArrayBuffer next = readLine(first); !next.isEmpty(); next = readLine(next())) {
            if (isBlank(next.charAt(0))) {
                unfold(field, next);
                continue;
            }
            if (field != null) {
                fields.add(header(field));
            }
            if (fields.size() >= this.limits.maxHeaders()) {
                throw UnacceptableResponseException.tooLarge(
                        "its %s has more than %d header lines".formatted(this.what, this.limits.maxHeaders()),
                        "max-response-headers");
            }
            checkName(next);
            field = new CharArrayBuffer(next.length());
            field.append(next);
        }
        if (field != null) {
            fields.add(header(field));
        }
        return fields.toArray(Header[]::new);
    }

    /** A line that begins with a blank continues the one before (RFC 9112, section 5.2). */
    private void unfold(@Nullable CharArrayBuffer field, CharArrayBuffer continuation)
            throws UnacceptableResponseException {
        if (field == null) {
            throw malformed("a blank before the first header name");
        }
        int start = 0;
        while (start < continuation.length() && isBlank(continuation.charAt(start))) {
            start++;
        }
        field.append(' ');
        field.append(continuation, start, continuation.length() - start);
    }

    private void checkName(CharArrayBuffer field) throws UnacceptableResponseException {
        int length = field.length();
        for (int i = 0; i < length; i++) {
            char next = field.charAt(i);
            if (next == ':' && i > 0) {
                return;
            }
            if (!isToken(next)) {
                throw malformed(
                        isBlank(next) ? "a blank in a header name" : "a character that a header name cannot have");
            }
        }
        throw malformed("a header line without a colon");
    }

    private Header header(CharArrayBuffer field) throws UnacceptableResponseException {
        try {
            return new BufferedHeader(field);
        } catch (ParseException ex) {
            UnacceptableResponseException malformed = malformed("a header line that HttpClient cannot read");
            malformed.initCause(ex);
            throw malformed;
        }
    }

    private static boolean isToken(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || isDigit(c) || TOKEN_MARKS.indexOf(c) >= 0;
    }

    static boolean isDigit(int c) {
        return c >= '0' && c <= '9';
    }

    static boolean isBlank(int c) {
        return c == ' ' || c == '\t';
    }
}
