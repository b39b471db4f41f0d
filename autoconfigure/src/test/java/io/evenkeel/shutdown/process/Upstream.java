// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import org.springframework.web.client.RestClient;

/**
 * The server that tasks call.
 *
 * @param client the client of the application
 * @param url where the server is
 */
record Upstream(RestClient client, String url) {

    void call() {
        this.client.get().uri(this.url).retrieve().toBodilessEntity();
    }
}
