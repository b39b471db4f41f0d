// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A request as a server reads it: {@code /FAULT/id?size=n} says what is to become of it. Used by one thread. */
final class Request {

    private static final int LONGEST_LINE = 16 * 1024;

    private final String method;
    private final Fault fault;
    private final String id;
    private final int size;
    private final Map<String, String> headers;
    private final InputStream in;

    private Request(String method, Fault fault, String id, int size, Map<String, String> headers, InputStream in) {
        this.method = method;
        this.fault = fault;
        this.id = id;
        this.size = size;
        this.headers = headers;
        this.in = in;
    }

    /** {@return the next request, null if the client has closed instead} */
    static @Nullable Request read(InputStream in) throws IOException {
        String first = line(in);
        if (first == null) {
            return null;
        }
        Map<String, String> headers = new TreeMap<>();
        for (String line = line(in); !"".equals(line); line = line(in)) {
            if (line == null) {
                throw new EOFException("The head ends early");
            }
            int colon = line.indexOf(':');
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
        }
        String[] words = first.split(" ", -1);
        String[] path = words[1].split("[/?=]", -1);
        return new Request(words[0], Fault.valueOf(path[1]), path[2], Integer.parseInt(path[4]), headers, in);
    }

    private static @Nullable String line(InputStream in) throws IOException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = in.read(); next != '\n'; next = in.read()) {
            if (next < 0) {
                if (line.size() == 0) {
                    return null;
                }
                throw new EOFException("A line ends early");
            }
            if (line.size() > LONGEST_LINE) {
                throw new IOException("A line does not end");
            }
            line.write(next);
        }
        return line.toString(StandardCharsets.ISO_8859_1).strip();
    }

    Fault fault() {
        return this.fault;
    }

    String id() {
        return this.id;
    }

    /** {@return how many bytes of noise are wanted in the answer} */
    int size() {
        return this.size;
    }

    private boolean hasBody() {
        return length() > 0 || isChunked();
    }

    private int length() {
        return Integer.parseInt(this.headers.getOrDefault("content-length", "0"));
    }

    private boolean isChunked() {
        return "chunked".equals(this.headers.get("transfer-encoding"));
    }

    /** {@return whether nothing allows the client to send it twice} */
    boolean isOnceOnly() {
        return this.method.equals("POST") && !this.headers.containsKey("idempotency-key");
    }

    /** {@return what is to be thought of this body} */
    Payload.Condition check(byte[] body) {
        // After a redirect it is still the same body.
        return hasBody() ? Payload.check(body, this.id.replace(Order.FOLLOWED, "")) : Payload.Condition.WHOLE;
    }

    /** {@return the body} */
    byte[] body() throws IOException {
        if (!isChunked()) {
            return bytes(length());
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String size = line(this.in); size != null; size = line(this.in)) {
            all.write(bytes(Integer.parseInt(size, 16)));
            if (!"".equals(line(this.in))) {
                break;
            }
            if (size.equals("0")) {
                return all.toByteArray();
            }
        }
        throw new EOFException("The body ends early");
    }

    private byte[] bytes(int count) throws IOException {
        byte[] bytes = this.in.readNBytes(count);
        if (bytes.length < count) {
            throw new EOFException("The body ends early");
        }
        return bytes;
    }

    @Override
    public String toString() {
        return this.method + " " + this.fault + " " + this.id + (isChunked() ? ", chunked" : ", length " + length());
    }
}
