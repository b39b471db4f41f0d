// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import io.evenkeel.deadline.Deadlines;
import io.evenkeel.retry.Retries;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Map;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.ClientHttpResponse;

/** A request that keeps what its attributes say of time and of retries. All else is that of another one, whose body streams. */
final class AttributesRequest implements ClientHttpRequest, StreamingHttpOutputMessage {

    private final ClientHttpRequest delegate;

    AttributesRequest(ClientHttpRequest delegate) {
        this.delegate = delegate;
    }

    @Override
    public ClientHttpResponse execute() throws IOException {
        Map<String, Object> attributes = this.delegate.getAttributes();
        if (!Deadlines.areIn(attributes) && !Retries.areIn(attributes)) {
            return this.delegate.execute();
        }
        return Deadlines.withAttributes(attributes, () -> Retries.withAttributes(attributes, this.delegate::execute));
    }

    @Override
    public HttpMethod getMethod() {
        return this.delegate.getMethod();
    }

    @Override
    public URI getURI() {
        return this.delegate.getURI();
    }

    @Override
    public Map<String, Object> getAttributes() {
        return this.delegate.getAttributes();
    }

    @Override
    public HttpHeaders getHeaders() {
        return this.delegate.getHeaders();
    }

    @Override
    public OutputStream getBody() throws IOException {
        return this.delegate.getBody();
    }

    @Override
    public void setBody(Body body) {
        streaming().setBody(body);
    }

    @Override
    public void setBody(byte[] body) throws IOException {
        streaming().setBody(body);
    }

    private StreamingHttpOutputMessage streaming() {
        return (StreamingHttpOutputMessage) this.delegate;
    }
}
