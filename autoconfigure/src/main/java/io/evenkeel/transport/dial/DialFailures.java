// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import io.evenkeel.time.Deadline;
import io.evenkeel.transport.support.Texts;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.HttpHostConnectException;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/** Why the addresses of a host failed, and what a caller is told if all did: the exceptions are those of HttpClient. */
final class DialFailures {

    private static final int MOST_NAMED = 5;

    private final HttpHost host;
    private final Deadline deadline;
    private final String limitKey;
    private final List<InetSocketAddress> addresses;
    private final List<IOException> failures = new ArrayList<>();

    /** @param limitKey the property of the connect timeout */
    DialFailures(HttpHost host, List<InetSocketAddress> addresses, Deadline deadline, String limitKey) {
        this.host = host;
        this.addresses = addresses;
        this.deadline = deadline;
        this.limitKey = limitKey;
    }

    void add(IOException failure) {
        this.failures.add(failure);
    }

    /** {@return what to throw when no time is left} A server that cannot be trusted says more than one that is silent. */
    IOException timedOut() {
        SSLException untrusted = first(SSLException.class);
        return (untrusted != null)
                ? withOthers(untrusted, untrusted)
                : timedOut(
                        "no connection within %s (%s)".formatted(Texts.duration(this.deadline.limit()), this.limitKey),
                        null);
    }

    /** {@return what to throw when no address is left} */
    IOException allFailed() {
        SSLException untrusted = first(SSLException.class);
        if (untrusted != null) {
            return withOthers(untrusted, untrusted);
        }
        if (first(SocketTimeoutException.class) != null && this.deadline.isLimited()) {
            return timedOut();
        }
        ConnectException refused = first(ConnectException.class);
        if (refused == null) {
            IOException last = this.failures.get(this.failures.size() - 1);
            return withOthers(last, last);
        }
        String reason = String.valueOf(refused.getMessage());
        // The kernel gave up before anybody else did.
        if (reason.equals("Connection timed out")) {
            return timedOut(reason, refused);
        }
        HttpHostConnectException all = new HttpHostConnectException(prefix() + reason, this.host);
        all.initCause(refused);
        return withOthers(all, refused);
    }

    private IOException timedOut(String reason, @Nullable IOException cause) {
        ConnectTimeoutException all = new ConnectTimeoutException(prefix() + reason, this.host);
        IOException first = (cause == null) ? first(IOException.class) : cause;
        all.initCause(first);
        return withOthers(all, first);
    }

    private String prefix() {
        String named = this.addresses.stream()
                .limit(MOST_NAMED)
                .map(address -> address.getAddress().getHostAddress())
                .collect(Collectors.joining(", "));
        int others = this.addresses.size() - MOST_NAMED;
        return "Connect to %s [%s%s] failed: "
                .formatted(this.host.toURI(), named, (others > 0) ? " and " + others + " more" : "");
    }

    private <T extends IOException> @Nullable T first(Class<T> type) {
        return this.failures.stream()
                .filter(type::isInstance)
                .map(type::cast)
                .findFirst()
                .orElse(null);
    }

    private IOException withOthers(IOException main, @Nullable IOException told) {
        this.failures.stream().filter(each -> each != told).limit(MOST_NAMED).forEach(main::addSuppressed);
        return main;
    }
}
