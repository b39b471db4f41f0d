// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.support;

import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/** Says with an exception of the same class what its message leaves out: handlers look for one, and people read the other. */
public final class SameClass {

    private static final Map<Class<?>, Function<String, IOException>> BY_MESSAGE = Map.of(
            UnknownHostException.class, UnknownHostException::new,
            ConnectException.class, ConnectException::new,
            NoRouteToHostException.class, NoRouteToHostException::new,
            SocketException.class, SocketException::new,
            SocketTimeoutException.class, SocketTimeoutException::new,
            NoHttpResponseException.class, NoHttpResponseException::new,
            SSLException.class, SSLException::new,
            SSLHandshakeException.class, SSLHandshakeException::new,
            SSLPeerUnverifiedException.class, SSLPeerUnverifiedException::new,
            SSLProtocolException.class, SSLProtocolException::new);

    private SameClass() {}

    /** {@return an exception of exactly the class of the given one, {@code null} if that is none of the network's} */
    public static @Nullable IOException as(IOException failure, String message) {
        if (failure instanceof HttpHostConnectException refused) {
            return new HttpHostConnectException(message, refused.getHost());
        }
        if (failure instanceof ConnectTimeoutException timedOut) {
            return new ConnectTimeoutException(message, timedOut.getHost());
        }
        Function<String, IOException> constructor = BY_MESSAGE.get(failure.getClass());
        return (constructor != null) ? constructor.apply(message) : null;
    }
}
