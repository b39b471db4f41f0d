// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.http1;

import org.apache.hc.core5.http.ContentLengthStrategy;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpMessage;
import org.apache.hc.core5.http.ProtocolException;

/**
 * Tells how long the body of a response is, and refuses a response that says so in two ways, or in one that others read
 * differently: where two readers see its end at different places, bytes of one response become another one (RFC 9112,
 * sections 6.3 and 11.2). Stricter than RFC 9110, section 8.6, in that equal lengths are not merged.
 */
public final class StrictContentLength {

    private static final String CHUNKED = "chunked";

    private StrictContentLength() {}

    /**
     * {@return the length in bytes, or one of the constants of {@link ContentLengthStrategy}}
     *
     * @param message a response that may have a body
     */
    public static long of(HttpMessage message) throws ProtocolException {
        int codings = message.countHeaders(HttpHeaders.TRANSFER_ENCODING);
        int lengths = message.countHeaders(HttpHeaders.CONTENT_LENGTH);
        if (codings > 0) {
            if (lengths > 0) {
                throw new ProtocolException("it has both Content-Length and Transfer-Encoding");
            }
            if (codings > 1 || !isChunked(message.getFirstHeader(HttpHeaders.TRANSFER_ENCODING))) {
                throw new ProtocolException("its Transfer-Encoding is not 'chunked'");
            }
            return ContentLengthStrategy.CHUNKED;
        }
        if (lengths > 1) {
            throw new ProtocolException("it has more than one Content-Length");
        }
        Header length = message.getFirstHeader(HttpHeaders.CONTENT_LENGTH);
        return (length != null) ? parse(length.getValue()) : ContentLengthStrategy.UNDEFINED;
    }

    /**
     * Removes a {@code Content-Length} without value beside chunks, which says nothing of a length that could be
     * different: the chunks count (RFC 9112, section 6.3).
     *
     * @return whether there was one; then a reader in front of us may have seen the end of the response elsewhere
     */
    static boolean dropEmptyBesideChunks(HttpMessage message) {
        Header length = message.getFirstHeader(HttpHeaders.CONTENT_LENGTH);
        boolean empty = length != null
                && length.getValue().isEmpty()
                && message.countHeaders(HttpHeaders.CONTENT_LENGTH) == 1
                && message.countHeaders(HttpHeaders.TRANSFER_ENCODING) == 1
                && isChunked(message.getFirstHeader(HttpHeaders.TRANSFER_ENCODING));
        if (empty) {
            message.removeHeaders(HttpHeaders.CONTENT_LENGTH);
        }
        return empty;
    }

    private static boolean isChunked(Header coding) {
        return CHUNKED.equalsIgnoreCase(coding.getValue());
    }

    private static long parse(String digits) throws ProtocolException {
        try {
            // Long.parseLong would take a sign.
            if (!digits.isEmpty() && isOfDigits(digits)) {
                return Long.parseLong(digits);
            }
        } catch (NumberFormatException ex) {
            throw new ProtocolException("its Content-Length is larger than can be counted", ex);
        }
        throw new ProtocolException("its Content-Length is not a number");
    }

    private static boolean isOfDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!HeadReader.isDigit(text.charAt(i))) {
                return false;
            }
        }
        return true;
    }
}
