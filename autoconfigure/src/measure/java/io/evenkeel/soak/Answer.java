// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.springframework.http.client.ClientHttpResponse;

/** An answer in the hands of a caller, of RestClient or of HttpClient. */
interface Answer {

    int status() throws IOException;

    /** {@return the id of the request that it says to answer, empty if it does not say} */
    String answerTo();

    InputStream body() throws IOException;

    void close() throws IOException;

    static Answer of(ClientHttpResponse response) {
        return new Answer() {

            @Override
            public int status() throws IOException {
                return response.getStatusCode().value();
            }

            @Override
            public String answerTo() {
                String id = response.getHeaders().getFirst(FaultyServer.ID);
                return (id != null) ? id : "";
            }

            @Override
            public InputStream body() throws IOException {
                return response.getBody();
            }

            @Override
            public void close() {
                response.close();
            }
        };
    }

    /** @param consumes whether closing reads the rest, as HttpClient's documentation suggests */
    static Answer of(ClassicHttpResponse response, boolean consumes) {
        return new Answer() {

            @Override
            public int status() {
                return response.getCode();
            }

            @Override
            public String answerTo() {
                Header id = response.getFirstHeader(FaultyServer.ID);
                return (id != null) ? id.getValue() : "";
            }

            @Override
            public InputStream body() throws IOException {
                HttpEntity entity = response.getEntity();
                InputStream body = (entity != null) ? entity.getContent() : null;
                return (body != null) ? body : InputStream.nullInputStream();
            }

            @Override
            public void close() throws IOException {
                if (consumes) {
                    EntityUtils.consume(response.getEntity());
                }
                response.close();
            }
        };
    }
}
