// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

/**
 * Which values the tag {@code route} may have.
 *
 * @param maxRoutes routes of a client that are tagged with their own name at a time
 * @param rest tag of all others
 */
record RouteTags(int maxRoutes, String rest) {

    static RouteTags of(boolean perRoute, int maxRoutes) {
        if (maxRoutes < 0) {
            throw new IllegalArgumentException("'maxRoutes' (%d) must not be negative".formatted(maxRoutes));
        }
        // Not "other" in both cases: without tags per route nothing was left out, and a dashboard should not say so.
        return perRoute ? new RouteTags(maxRoutes, "other") : new RouteTags(0, "all");
    }
}
