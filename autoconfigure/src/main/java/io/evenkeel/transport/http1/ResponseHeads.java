// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.http1;

import io.evenkeel.policy.ResponseLimits;
import java.io.IOException;
import java.util.Iterator;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HeaderElements;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.message.MessageSupport;

/**
 * Decides on the heads of the responses that one connection carries: which is the final one, and which of them a server
 * may send at all. Used by the thread that holds the lease.
 */
public final class ResponseHeads {

    private final ResponseLimits limits;
    private final StrictResponseParser parser;

    private boolean upgrading;
    private boolean tunnelling;
    private int interim;
    private boolean oddlyFramed;

    public ResponseHeads(ResponseLimits limits) {
        this.limits = limits;
        this.parser = new StrictResponseParser(limits);
    }

    public ResponseLimits limits() {
        return this.limits;
    }

    public StrictResponseParser parser() {
        return this.parser;
    }

    /** {@return whether bytes that came are not read yet, without any I/O} */
    public boolean hasBuffered() {
        return this.parser.hasBuffered();
    }

    /** What comes next answers this request. */
    public void requestBegins(ClassicHttpRequest request) {
        this.interim = 0;
        this.parser.requestBegins();
        this.upgrading = request.containsHeader(HttpHeaders.UPGRADE);
        this.tunnelling = Method.CONNECT.isSame(request.getMethod());
    }

    /**
     * {@return whether it is the final response to the request}
     *
     * @throws UnacceptableResponseException if the server must not send it, or not one more
     */
    public boolean isFinal(ClassicHttpResponse response) throws HttpException, IOException {
        if (response.getCode() >= HttpStatus.SC_SUCCESS) {
            this.oddlyFramed = StrictContentLength.dropEmptyBesideChunks(response) || this.parser.emptyLineFirst();
            if (this.tunnelling && response.getCode() < HttpStatus.SC_REDIRECTION) {
                // Any 2xx opens the tunnel (RFC 9110, section 9.3.6); HttpClient knows one of them.
                response.setCode(HttpStatus.SC_OK);
            }
            return true;
        }
        if (response.getCode() == HttpStatus.SC_SWITCHING_PROTOCOLS && !this.upgrading) {
            throw UnacceptableResponseException.malformed("it switches to another protocol, which nobody asked for");
        }
        if (++this.interim > this.limits.maxInterim()) {
            throw UnacceptableResponseException.tooLarge(
                    "more than %d interim responses came before it".formatted(this.limits.maxInterim()),
                    "max-interim-responses");
        }
        return false;
    }

    /** {@return whether the last one was framed so oddly that nothing should follow it on its connection} */
    public boolean isOddlyFramed() {
        return this.oddlyFramed;
    }

    /** {@return whether the peer says that it reads nothing behind it} */
    public static boolean isLast(ClassicHttpResponse response) {
        Iterator<String> tokens = MessageSupport.iterateTokens(response, HttpHeaders.CONNECTION);
        boolean keeps = false;
        while (tokens.hasNext()) {
            String token = tokens.next();
            if (HeaderElements.CLOSE.equalsIgnoreCase(token)) {
                return true;
            }
            keeps |= HeaderElements.KEEP_ALIVE.equalsIgnoreCase(token);
        }
        ProtocolVersion version = response.getVersion();
        return version != null && version.lessEquals(HttpVersion.HTTP_1_0) && !keeps;
    }
}
