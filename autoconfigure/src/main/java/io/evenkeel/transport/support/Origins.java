// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.support;

import io.evenkeel.policy.Origin;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.core5.http.HttpHost;

/** Names routes for people and meters. */
public final class Origins {

    private Origins() {}

    /** {@return scheme, host and port of the target, without the port that the scheme implies} */
    public static String of(HttpRoute route) {
        return of(route.getTargetHost());
    }

    /** {@return scheme, host and port, without the port that the scheme implies} */
    public static String of(HttpHost target) {
        return new Origin(target.getSchemeName(), target.getHostName(), target.getPort()).toString();
    }
}
