// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import org.springframework.http.HttpMethod;

/** What a lane calls with. */
enum Method {
    GET(HttpMethod.GET),
    PUT(HttpMethod.PUT),
    POST(HttpMethod.POST),
    /** A POST with an idempotency key, so that it may be sent twice. */
    KEYED_POST(HttpMethod.POST);

    private final HttpMethod verb;

    Method(HttpMethod verb) {
        this.verb = verb;
    }

    HttpMethod verb() {
        return this.verb;
    }
}
