// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the application as a browser or curl does, with the JDK's client, which no side of an experiment uses. */
final class Browser {

    private final HttpClient http = HttpClient.newHttpClient();
    private final JsonMapper json = new JsonMapper();
    private final String root;

    Browser(int port) {
        this.root = "http://localhost:" + port;
    }

    Answer get(String path) {
        return send(HttpRequest.newBuilder(URI.create(root + path)).build());
    }

    Answer post(String path) {
        return send(HttpRequest.newBuilder(URI.create(root + path))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build());
    }

    Answer delete(String path) {
        return send(HttpRequest.newBuilder(URI.create(root + path)).DELETE().build());
    }

    private Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = http.send(request, BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.body());
        } catch (IOException ex) {
            throw new AssertionError(request + " failed", ex);
        } catch (InterruptedException ex) {
            Thread.currentThread().interrupt();
            throw new AssertionError(ex);
        }
    }

    final class Answer {

        private final int status;
        private final String text;

        Answer(int status, String text) {
            this.status = status;
            this.text = text;
        }

        int status() {
            return status;
        }

        String text() {
            return text;
        }

        JsonNode json() {
            return json.readTree(text);
        }
    }
}
