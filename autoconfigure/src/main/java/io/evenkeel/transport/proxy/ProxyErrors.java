// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.proxy;

import io.evenkeel.error.CallRejectedException;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.support.Origins;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told if it is the proxy that stands in the way. HttpClient hands out the response of a proxy as if it were
 * that of the server.
 */
public final class ProxyErrors {

    private final String client;
    private final String keyPrefix;
    private final String readTimeoutKey;
    private final @Nullable ProxyAccess access;

    /** @param access the proxy that is set by property, if one is */
    public ProxyErrors(ClientSpec spec, @Nullable ProxyAccess access) {
        this.client = spec.client();
        this.keyPrefix = spec.keyPrefix() + ".proxy.";
        this.readTimeoutKey = spec.bootKey("read-timeout");
        this.access = access;
    }

    /** The proxy answered a CONNECT with something else than a tunnel. */
    public IOException tunnelRefused(HttpRoute route, int status) {
        if (status == HttpStatus.SC_PROXY_AUTHENTICATION_REQUIRED) {
            return unauthorized(route);
        }
        return new HttpHostConnectException(
                prefix(route) + "the proxy answered CONNECT with " + status, route.getTargetHost());
    }

    /** The connection to the proxy failed before there was a tunnel, so that nothing reached the server. */
    public IOException tunnelFailed(HttpRoute route, IOException failure) {
        IOException translated = (failure instanceof SocketTimeoutException)
                ? new ConnectTimeoutException(
                        prefix(route) + "the proxy did not answer CONNECT in time (" + this.readTimeoutKey + ")",
                        route.getTargetHost())
                : new HttpHostConnectException(
                        prefix(route) + "the proxy did not answer CONNECT (" + failure.getMessage() + ")",
                        route.getTargetHost());
        translated.initCause(failure);
        return translated;
    }

    /** The proxy wants other credentials. */
    CallRejectedException unauthorized(HttpRoute route) {
        HttpHost proxy = route.getProxyHost();
        String origin = Origins.of(route);
        return new CallRejectedException(
                "Client '%s' did not call %s: the proxy %s %s"
                        .formatted(this.client, origin, proxy.toHostString(), reasonAndRemedy(proxy)),
                this.client,
                origin,
                CallRejectedException.Reason.PROXY_AUTHENTICATION,
                Duration.ZERO);
    }

    private String reasonAndRemedy(HttpHost proxy) {
        String keys = "%susername and %spassword".formatted(this.keyPrefix, this.keyPrefix);
        if (this.access == null || !this.access.isOf(proxy)) {
            return "asks for credentials (407). Set %surl, %s, or a java.net.Authenticator."
                    .formatted(this.keyPrefix, keys);
        }
        return this.access.hasCredentials()
                ? "refuses the credentials (407). Correct %s.".formatted(keys)
                : "asks for credentials (407). Set %s.".formatted(keys);
    }

    private static String prefix(HttpRoute route) {
        return "Connect to %s through proxy %s failed: "
                .formatted(Origins.of(route), route.getProxyHost().toHostString());
    }
}
