// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import org.springframework.web.client.RestClient;

/** A client and what there is to do when it is no longer needed. */
record SampleClient(RestClient http, Runnable closing) implements AutoCloseable {

    @Override
    public void close() {
        closing.run();
    }
}
