// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.support;

import java.util.function.Function;
import org.apache.hc.core5.http.HttpHost;
import org.jspecify.annotations.Nullable;

/** Names hosts, and remembers the last one: most clients have one only, and each call wants its name. Thread-safe. */
public final class LastNamed {

    private final Function<HttpHost, String> naming;

    private volatile @Nullable Named last;

    private record Named(HttpHost host, String name) {}

    public LastNamed(Function<HttpHost, String> naming) {
        this.naming = naming;
    }

    public String of(HttpHost host) {
        Named named = this.last;
        if (named == null || !named.host.equals(host)) {
            named = new Named(host, this.naming.apply(host));
            this.last = named;
        }
        return named.name;
    }
}
