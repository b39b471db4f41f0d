// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import java.nio.charset.StandardCharsets;

/** What is sent and read in one call. */
enum Exchanged {

    /** GET of 1 KiB, read as {@code byte[]}. */
    BYTES("GET 1 KiB as byte[]", "/bytes", 1024),

    /** GET of a small JSON, read as an object; as {@code byte[]} by clients that know no objects. */
    JSON("GET JSON", "/json", 0),

    /** POST of 16 KiB as {@code byte[]}, with a short answer. */
    UPLOAD("POST 16 KiB", "/upload", 0),

    /** GET of 64 KiB, read as a stream. */
    STREAM("GET 64 KiB as stream", "/stream", 64 * 1024);

    static final byte[] SENT = "e".repeat(16 * 1024).getBytes(StandardCharsets.US_ASCII);

    private static final String DOCUMENT = "{\"text\":\"hello\",\"number\":42}";

    private final String title;
    private final String path;
    private final int size;

    Exchanged(String title, String path, int size) {
        this.title = title;
        this.path = path;
        this.size = size;
    }

    String title() {
        return this.title;
    }

    String path() {
        return this.path;
    }

    String contentType() {
        return (this == JSON) ? "application/json" : "application/octet-stream";
    }

    /** {@return the body of the answer} */
    String answer() {
        return switch (this) {
            case JSON -> DOCUMENT;
            case UPLOAD -> "stored";
            case BYTES, STREAM -> "k".repeat(this.size);
        };
    }
}
