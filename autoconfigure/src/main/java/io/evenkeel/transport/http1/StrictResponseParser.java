// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.http1;

import io.evenkeel.policy.ResponseLimits;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.impl.EnglishReasonPhraseCatalog;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.apache.hc.core5.util.CharArrayBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of a response as RFC 9112 has it: from the first byte, through three digits of status, to the empty line
 * at its end. HttpCore's own takes a head that is cut off for a complete one, and skips lines that are no status line.
 * One for each connection, and used by one thread at a time, as that is.
 */
final class StrictResponseParser implements HttpMessageParser<ClassicHttpResponse> {

    private static final String PROTOCOL = "HTTP/1.";

    private static final int STATUS_DIGITS = 3;

    /** From here on HttpCore's catalog of reasons refuses to be asked. */
    private static final int LEAST_UNKNOWN_STATUS = 600;

    /** A line of usual length, in characters. What a longer one has made of the buffer is not kept. */
    private static final int USUAL_LINE = 128;

    private final ResponseLimits limits;
    private CharArrayBuffer line = new CharArrayBuffer(USUAL_LINE);
    private boolean begun;
    private boolean emptyLineFirst;
    private int interimBytes;
    private @Nullable SessionInputBuffer buffer;

    StrictResponseParser(ResponseLimits limits) {
        this.limits = limits;
    }

    /** The heads of interim responses and the one behind them share a limit, which begins anew. */
    void requestBegins() {
        this.interimBytes = 0;
    }

    /** {@return whether the connection began with an empty line, so that its peer is not to be trusted with framing} */
    boolean emptyLineFirst() {
        return this.emptyLineFirst;
    }

    /** {@return whether bytes wait in the buffer that heads are read from} Nothing else fills it before the first head. */
    boolean hasBuffered() {
        return this.buffer != null && this.buffer.length() > 0;
    }

    /** {@return the head, or null if the stream ended before its first byte} */
    @Override
    public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException {
        this.buffer = buffer;
        if (this.line.capacity() > USUAL_LINE) {
            this.line = new CharArrayBuffer(USUAL_LINE);
        }
        HeadReader head = new HeadReader(this.limits, buffer, in, "head", this.line);
        head.alreadyRead(this.interimBytes);
        int first = head.read();
        if (first < 0) {
            return null;
        }
        if (!this.begun) {
            this.begun = true;
            first = skipEmptyLine(first, head);
        }
        ProtocolVersion version = version(first, head);
        int status = status(head);
        String reason = reason(status, head);
        ClassicHttpResponse response = new BasicClassicHttpResponse(status, reason);
        response.setVersion(version);
        response.setHeaders(head.readFields(head.next()));
        if (status < HttpStatus.SC_SUCCESS) {
            this.interimBytes += head.count();
        }
        return response;
    }

    /** Some servers begin so. Later in a connection it tells that the response before had another length than it said. */
    private int skipEmptyLine(int first, HeadReader head) throws IOException {
        if (first != '\r' && first != '\n') {
            return first;
        }
        if (first == '\r' && head.next() != '\n') {
            throw noStatusLine();
        }
        this.emptyLineFirst = true;
        return head.next();
    }

    /** Refuses the first byte that cannot be right, since a peer that speaks another protocol may now wait for us. */
    private static ProtocolVersion version(int first, HeadReader head) throws IOException {
        int next = first;
        for (int i = 0; i < PROTOCOL.length(); i++) {
            if (next != PROTOCOL.charAt(i)) {
                throw noStatusLine();
            }
            next = head.next();
        }
        if (next != '0' && next != '1') {
            throw noStatusLine();
        }
        return (next == '1') ? HttpVersion.HTTP_1_1 : HttpVersion.HTTP_1_0;
    }

    private static UnacceptableResponseException noStatusLine() {
        return UnacceptableResponseException.malformed("it does not begin with HTTP/1.0 or HTTP/1.1");
    }

    private static int status(HeadReader head) throws IOException {
        if (head.next() != ' ') {
            throw noStatus();
        }
        int status = 0;
        for (int i = 0; i < STATUS_DIGITS; i++) {
            int next = head.next();
            if (!HeadReader.isDigit(next) || (i == 0 && next == '0')) {
                throw noStatus();
            }
            status = status * 10 + next - '0';
        }
        return status;
    }

    /** Many a server leaves out the blank when it gives no reason. */
    private static String reason(int status, HeadReader head) throws IOException {
        int next = head.next();
        if (next == ' ') {
            next = head.next();
        } else if (next != '\r' && next != '\n') {
            throw noStatus();
        }
        CharArrayBuffer reason = head.readLine(next);
        // Of nearly all responses it is the one that everybody knows.
        String usual =
                (status < LEAST_UNKNOWN_STATUS) ? EnglishReasonPhraseCatalog.INSTANCE.getReason(status, null) : null;
        return (usual != null && usual.contentEquals(reason))
                ? usual
                : reason.toString().trim();
    }

    private static UnacceptableResponseException noStatus() {
        return UnacceptableResponseException.malformed("its status is not a number from 100 to 999");
    }
}
