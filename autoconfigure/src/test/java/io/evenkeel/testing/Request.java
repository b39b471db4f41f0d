// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request as {@link ScriptedServer} received it. It is recorded as soon as its head is complete, since a real server
 * could act on it from there on.
 *
 * @param method the method, as sent
 * @param target the request target, as sent
 * @param headers the header fields, in the order and case in which they were sent
 * @param body the content without its framing, empty if there is none or not all of it came
 * @param complete whether all of the body came
 * @param connection the index of the connection on its server, from 0
 * @param index the index of the request on its connection, from 0
 */
public record Request(
        String method, String target, List<Header> headers, byte[] body, boolean complete, int connection, int index) {

    /** A header field. */
    public record Header(String name, String value) {}

    /** {@return the value of the first header field of this name, whatever its case, or null} */
    public @Nullable String header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? null : values.get(0);
    }

    /** {@return the values of all header fields of this name, whatever its case} */
    public List<String> headers(String name) {
        return this.headers.stream()
                .filter(header -> header.name().equalsIgnoreCase(name))
                .map(Header::value)
                .toList();
    }

    /** {@return the body, read as UTF-8} */
    public String bodyText() {
        return new String(this.body, StandardCharsets.UTF_8);
    }

    Request withBody(byte[] received) {
        return new Request(this.method, this.target, this.headers, received, true, this.connection, this.index);
    }

    @Override
    public String toString() {
        return this.method + " " + this.target + " (connection " + this.connection + ", request " + this.index
                + (this.complete ? ")" : ", incomplete)");
    }
}
