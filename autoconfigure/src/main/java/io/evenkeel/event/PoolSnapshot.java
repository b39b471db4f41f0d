// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.event;

import java.util.List;

/**
 * One pool at one moment.
 *
 * @param client name of the client that the pool belongs to; a client has several pools if it is built with several
 *     SSL bundles or address filters
 * @param maxIdlePerRoute connections kept per route
 * @param maxPerRoute connections that may be open at once per route
 * @param routes routes with at least one connection or waiting caller, and those that were in use lately
 */
public record PoolSnapshot(String client, int maxIdlePerRoute, int maxPerRoute, List<RouteSnapshot> routes) {

    public PoolSnapshot {
        routes = List.copyOf(routes);
    }
}
