// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.policy.ResponseLimits;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.io.HttpMessageParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.apache.hc.core5.http.message.BasicClassicHttpResponse;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of an answer as RFC 9112 has it: from the first byte, through three digits of status, to the empty line
 * at its end. HttpCore's own takes a head that is cut off for a complete one, and skips lines that are no status line.
 */
final class StrictResponseParser implements HttpMessageParser<ClassicHttpResponse> {

    private static final String PROTOCOL = "HTTP/1.";

    private static final int STATUS_DIGITS = 3;

    private final ResponseLimits limits;

    StrictResponseParser(ResponseLimits limits) {
        this.limits = limits;
    }

    /** {@return the head, or null if the stream ended before its first byte} */
    @Override
    public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in) throws IOException {
        HeadReader head = new HeadReader(this.limits, buffer, in, "head");
        int first = head.read();
        if (first < 0) {
            return null;
        }
        ProtocolVersion version = version(first, head);
        int status = status(head);
        String reason = reason(head);
        ClassicHttpResponse response = new BasicClassicHttpResponse(status, reason);
        response.setVersion(version);
        response.setHeaders(head.readFields(head.next()));
        return response;
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

    private static BadAnswerException noStatusLine() {
        return BadAnswerException.malformed("it does not begin with HTTP/1.0 or HTTP/1.1");
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
    private static String reason(HeadReader head) throws IOException {
        int next = head.next();
        if (next != ' ' && next != '\r' && next != '\n') {
            throw noStatus();
        }
        return head.readLine(next).toString().trim();
    }

    private static BadAnswerException noStatus() {
        return BadAnswerException.malformed("its status is not a number from 100 to 999");
    }
}
