// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What {@link ScriptedServer} answers: a response with one of the framings of HTTP/1.1, or any bytes at all. It is
 * immutable; each method gives a changed copy. It never adds a header that was not asked for, except for the framing.
 *
 * <pre>{@code
 * ok("hello").header("Keep-Alive", "timeout=5")
 * status(503).header("Retry-After", "1")
 * ok("hello").chunked()
 * raw("SSH-2.0-OpenSSH_9.2\r\n")
 * }</pre>
 */
public final class Answer {

    private enum Framing {
        LENGTH,
        CHUNKED,
        CLOSE,
        RAW
    }

    private final Framing framing;

    private final int status;

    private final List<String> headers;

    private final byte[] body;

    private final byte[] behind;

    private Answer(Framing framing, int status, List<String> headers, byte[] body, byte[] behind) {
        this.framing = framing;
        this.status = status;
        this.headers = headers;
        this.body = body;
        this.behind = behind;
    }

    /** {@return a 200 with this body, in UTF-8, and a Content-Length} */
    public static Answer ok(String body) {
        return status(200).body(body);
    }

    /** {@return a response with this status and an empty body} */
    public static Answer status(int status) {
        return new Answer(Framing.LENGTH, status, List.of(), new byte[0], new byte[0]);
    }

    /** {@return these characters, in ISO-8859-1, and nothing else} The head ends at the first blank line, if any. */
    public static Answer raw(String bytes) {
        return raw(bytes.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** {@return these bytes and nothing else} The head ends at the first blank line, if any. */
    public static Answer raw(byte[] bytes) {
        return new Answer(Framing.RAW, 0, List.of(), bytes.clone(), new byte[0]);
    }

    /** {@return this answer with a further header field} */
    public Answer header(String name, String value) {
        List<String> more = new ArrayList<>(this.headers);
        more.add(name + ": " + value);
        return new Answer(this.framing, this.status, List.copyOf(more), this.body, this.behind);
    }

    /** {@return this answer with another body, in UTF-8} */
    public Answer body(String text) {
        return body(text.getBytes(StandardCharsets.UTF_8));
    }

    /** {@return this answer with another body} */
    public Answer body(byte[] content) {
        return new Answer(this.framing, this.status, this.headers, content.clone(), this.behind);
    }

    /** {@return this answer with the chunked coding: two chunks, if the body has two bytes} */
    public Answer chunked() {
        return new Answer(Framing.CHUNKED, this.status, this.headers, this.body, this.behind);
    }

    /** {@return this answer without a length; the end of the connection is the end of the body} */
    public Answer closeDelimited() {
        return new Answer(Framing.CLOSE, this.status, this.headers, this.body, this.behind);
    }

    /** {@return this answer with bytes glued behind its end, in the same write} */
    public Answer followedBy(String bytes) {
        byte[] glued = bytes.getBytes(StandardCharsets.ISO_8859_1);
        return new Answer(this.framing, this.status, this.headers, this.body, glued);
    }

    /** The bytes of an answer, where its head and the response end, and whether the connection ends with it. */
    record Rendered(byte[] bytes, int headLength, int length, boolean closes) {}

    Rendered render(@Nullable Request request) {
        byte[] content = content(request != null && request.method().equals("HEAD"));
        int headLength;
        if (this.framing == Framing.RAW) {
            int blank = new String(content, StandardCharsets.ISO_8859_1).indexOf("\r\n\r\n");
            headLength = (blank < 0) ? content.length : blank + 4;
        } else {
            byte[] head = head().getBytes(StandardCharsets.ISO_8859_1);
            headLength = head.length;
            content = join(head, content);
        }
        boolean close = this.framing == Framing.CLOSE
                || this.headers.stream().anyMatch(header -> header.equalsIgnoreCase("Connection: close"));
        return new Rendered(join(content, this.behind), headLength, content.length, close);
    }

    private String head() {
        StringBuilder head = new StringBuilder("HTTP/1.1 ").append(this.status).append(" Scripted\r\n");
        this.headers.forEach(header -> head.append(header).append("\r\n"));
        if (this.framing == Framing.CHUNKED) {
            head.append("Transfer-Encoding: chunked\r\n");
        } else if (this.framing == Framing.LENGTH && mayHaveBody()) {
            head.append("Content-Length: ").append(this.body.length).append("\r\n");
        }
        return head.append("\r\n").toString();
    }

    private byte[] content(boolean head) {
        if (this.framing != Framing.RAW && (head || !mayHaveBody())) {
            return new byte[0];
        }
        if (this.framing != Framing.CHUNKED) {
            return this.body;
        }
        int half = this.body.length / 2;
        byte[] first = chunk(Arrays.copyOfRange(this.body, 0, half));
        byte[] second = chunk(Arrays.copyOfRange(this.body, half, this.body.length));
        return join(join(first, second), "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private boolean mayHaveBody() {
        return this.status >= 200 && this.status != 204 && this.status != 304;
    }

    private static byte[] chunk(byte[] data) {
        // An empty chunk would be the last one.
        if (data.length == 0) {
            return data;
        }
        byte[] size = (Integer.toHexString(data.length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
        return join(join(size, data), "\r\n".getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] join(byte[] first, byte[] second) {
        ByteArrayOutputStream joined = new ByteArrayOutputStream(first.length + second.length);
        joined.writeBytes(first);
        joined.writeBytes(second);
        return joined.toByteArray();
    }

    @Override
    public String toString() {
        return (this.framing == Framing.RAW) ? "raw bytes" : String.valueOf(this.status);
    }
}
