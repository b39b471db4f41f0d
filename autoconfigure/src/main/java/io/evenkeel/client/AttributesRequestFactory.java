// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.function.BiFunction;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.springframework.http.HttpMethod;
import org.springframework.http.client.ClientHttpRequest;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;

/** Makes requests that keep what their attributes say of time and of retries, of which HttpClient hears nothing. All else is another's. */
final class AttributesRequestFactory extends HttpComponentsClientHttpRequestFactory {

    private final HttpComponentsClientHttpRequestFactory delegate;

    AttributesRequestFactory(HttpComponentsClientHttpRequestFactory delegate) {
        super(delegate.getHttpClient());
        this.delegate = delegate;
    }

    @Override
    public ClientHttpRequest createRequest(URI uri, HttpMethod method) throws IOException {
        return new AttributesRequest(this.delegate.createRequest(uri, method));
    }

    @Override
    public void setHttpClient(HttpClient httpClient) {
        this.delegate.setHttpClient(httpClient);
    }

    @Override
    public HttpClient getHttpClient() {
        return this.delegate.getHttpClient();
    }

    @Override
    public void setConnectionRequestTimeout(int connectionRequestTimeout) {
        this.delegate.setConnectionRequestTimeout(connectionRequestTimeout);
    }

    @Override
    public void setConnectionRequestTimeout(Duration connectionRequestTimeout) {
        this.delegate.setConnectionRequestTimeout(connectionRequestTimeout);
    }

    @Override
    public void setReadTimeout(int readTimeout) {
        this.delegate.setReadTimeout(readTimeout);
    }

    @Override
    public void setReadTimeout(Duration readTimeout) {
        this.delegate.setReadTimeout(readTimeout);
    }

    @Override
    public void setHttpContextFactory(BiFunction<HttpMethod, URI, HttpContext> httpContextFactory) {
        this.delegate.setHttpContextFactory(httpContextFactory);
    }

    @Override
    public void destroy() throws Exception {
        this.delegate.destroy();
    }
}
