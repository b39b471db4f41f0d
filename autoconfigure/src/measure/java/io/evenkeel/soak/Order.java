// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.net.URI;
import java.util.List;
import java.util.Random;

/**
 * What a caller asks for.
 *
 * @param id unique
 * @param server whom
 * @param fault what is to happen there
 * @param method how
 * @param keyed whether with an idempotency key
 * @param upload the body of the request
 * @param size of the answer, bytes of noise
 */
record Order(String id, FaultyServer server, Fault fault, String method, boolean keyed, Upload upload, int size) {

    /** What the id of a request has behind it that follows a redirect. */
    static final String FOLLOWED = "-then";

    private static final List<String> METHODS = List.of("GET", "GET", "POST", "POST", "PUT", "DELETE");

    /** @param breaksUploads whether some callers throw while they upload */
    static Order random(String id, FaultyServer server, Fault fault, boolean breaksUploads, Random random) {
        String method = METHODS.get(random.nextInt(METHODS.size()));
        boolean withBody = method.equals("POST") || method.equals("PUT");
        Upload upload = withBody ? upload(id, breaksUploads, random) : Upload.NONE;
        int size = (!fault.isSmall() && random.nextInt(20) == 0) ? random.nextInt(500_000) : random.nextInt(4_000);
        return new Order(id, server, fault, method, method.equals("POST") && random.nextBoolean(), upload, size);
    }

    private static Upload upload(String id, boolean breaks, Random random) {
        Upload.Way[] ways = Upload.Way.values();
        byte[] payload = Payload.of(id, (random.nextInt(10) == 0) ? random.nextInt(1_000_000) : random.nextInt(4_000));
        int breaksAt = (breaks && random.nextInt(4) == 0) ? random.nextInt(payload.length) : payload.length;
        CallersFault[] faults = CallersFault.values();
        return new Upload(
                ways[1 + random.nextInt(ways.length - 1)], payload, breaksAt, faults[random.nextInt(faults.length)]);
    }

    URI uri() {
        return URI.create("%s/%s/%s?size=%d".formatted(this.server.url(), this.fault, this.id, this.size));
    }

    boolean isAnsweredBy(String answerTo) {
        return answerTo.equals(this.id) || (this.fault == Fault.REDIRECT && answerTo.equals(this.id + FOLLOWED));
    }

    @Override
    public String toString() {
        return "%s %s%s %s%s, answer of %d"
                .formatted(
                        this.method,
                        this.keyed ? "(keyed) " : "",
                        this.fault,
                        this.id,
                        (this.upload.way() == Upload.Way.NONE)
                                ? ""
                                : ", %s of %d%s"
                                        .formatted(
                                                this.upload.way(),
                                                this.upload.payload().length,
                                                this.upload.breaks() ? " broken at " + this.upload.breaksAt() : ""),
                        this.size);
    }
}
