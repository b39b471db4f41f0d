// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpRequestInitializer;

/** Puts the name of its client on each request, for those who look at requests later. */
final class ClientNameInitializer implements ClientHttpRequestInitializer {

    /** Attribute of a request: the name of the client that makes it. */
    static final String ATTRIBUTE = "evenkeel.client";

    private final String name;

    ClientNameInitializer(String name) {
        this.name = name;
    }

    @Override
    public void initialize(ClientHttpRequest request) {
        request.getAttributes().put(ATTRIBUTE, this.name);
    }
}
