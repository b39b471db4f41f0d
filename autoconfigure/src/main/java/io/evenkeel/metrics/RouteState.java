// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.RouteSnapshot;

/** What the gauges of a route show: the sum over all pools and routes that share the tag. */
record RouteState(long active, long idle, long pending, double max) {

    static RouteState of(RouteSnapshot route, int max) {
        return new RouteState(route.active(), route.idle(), route.pending(), max);
    }

    RouteState plus(RouteState other) {
        return new RouteState(
                this.active + other.active, this.idle + other.idle, this.pending + other.pending, this.max + other.max);
    }

    boolean isInUse() {
        return this.active + this.idle + this.pending > 0;
    }
}
