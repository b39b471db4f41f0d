// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.event.FailureReason;
import io.evenkeel.transport.spec.ClientSpec;
import java.io.IOException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.HttpRoute;
import org.jspecify.annotations.Nullable;

/** What the callers of one client can do about a failure of the network, and which property is to be changed. */
final class NetworkRemedies {

    private final ClientSpec spec;

    NetworkRemedies(ClientSpec spec) {
        this.spec = spec;
    }

    /** @param limit the read timeout, if it was that */
    String of(
            IOException failure,
            FailureReason reason,
            NetworkFailures.Facts facts,
            HttpRoute route,
            @Nullable ReadLimit limit) {
        if (limit != null) {
            return "Raise %s if the server may take longer.".formatted(limit.source());
        }
        return switch (reason) {
            case DNS -> "Check the host%s, and the name servers of this machine.".formatted(baseUrl());
            case CONNECT -> ofConnecting(failure, route);
            case TLS -> ofTls(failure);
            default -> ofLoss(facts);
        };
    }

    private String ofConnecting(IOException failure, HttpRoute route) {
        if (route.getProxyHost() != null) {
            return "Check the proxy (%s.proxy.url), and whether it reaches the server."
                    .formatted(this.spec.keyPrefix());
        }
        // The kernel may have given up before the limit was reached.
        return String.valueOf(failure.getMessage()).contains(this.spec.bootKey("connect-timeout"))
                ? "Raise that limit if the server may take longer, and check whether it is up."
                : "Check host and port%s, and whether the server is up.".formatted(baseUrl());
    }

    private String ofTls(IOException failure) {
        String bundle = this.spec.bootKey("ssl.bundle");
        if (has(failure, CertificateExpiredException.class) || has(failure, CertificateNotYetValidException.class)) {
            return "The server needs a certificate that is valid now; its time may differ from that of this machine.";
        }
        if (has(failure, CertPathBuilderException.class)) {
            return (this.spec.tls() != null)
                    ? "Add the issuer of the server's certificate to the trust store of the SSL bundle (%s)."
                            .formatted(bundle)
                    : "Name an SSL bundle that trusts the issuer of the server's certificate: %s.".formatted(bundle);
        }
        if (has(failure, SSLPeerUnverifiedException.class) || has(failure, CertificateException.class)) {
            return "See the certificate of the server, and call it by a name that it has.";
        }
        return "Check protocols, ciphers, trust and the client's certificate in the SSL bundle (%s).".formatted(bundle);
    }

    private static String ofLoss(NetworkFailures.Facts facts) {
        String who = "The server, or something before it, broke the connection";
        return switch (facts.sent()) {
            case NO -> who + "; the request was not sent.";
            case MAYBE -> who + "; it may have executed the request.";
            case YES -> who + " inside of its response.";
        };
    }

    /** {@return the property that may hold the host} The client without a name has none. */
    private String baseUrl() {
        return this.spec.isDefault() ? "" : " (%s.base-url, if it is from there)".formatted(this.spec.keyPrefix());
    }

    private static boolean has(IOException failure, Class<? extends Exception> type) {
        Throwable cause = failure;
        for (int depth = 0; cause != null && depth < 20; depth++, cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }
}
