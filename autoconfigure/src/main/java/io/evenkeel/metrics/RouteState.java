// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import io.evenkeel.event.RouteSnapshot;

/**
 * What the gauges of a route show: the sum over all pools and routes that share the tag. The recommendation is no sum: it
 * is for a setting that holds for each of them, so it is the largest.
 */
record RouteState(long active, long idle, long pending, double max, double recommended) {

    static RouteState of(RouteSnapshot route, int max) {
        double recommended =
                route.recommended().isPresent() ? route.recommended().getAsInt() : Double.NaN;
        // What is only remembered adds nothing to the limit that several routes have together.
        boolean present = route.active() + route.idle() + route.pending() > 0;
        return new RouteState(route.active(), route.idle(), route.pending(), present ? max : 0, recommended);
    }

    static RouteState unused(double max, double recommended) {
        return new RouteState(0, 0, 0, max, recommended);
    }

    RouteState plus(RouteState other) {
        return new RouteState(
                this.active + other.active,
                this.idle + other.idle,
                this.pending + other.pending,
                this.max + other.max,
                largest(this.recommended, other.recommended));
    }

    static double largest(double one, double other) {
        if (Double.isNaN(one)) {
            return other;
        }
        return Double.isNaN(other) ? one : Math.max(one, other);
    }

    boolean isInUse() {
        return this.active + this.idle + this.pending > 0;
    }
}
