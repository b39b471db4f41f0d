// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

/** What the keys under {@code evenkeel.metrics} may be. */
final class MetricsRules {

    private static final String MAX_ROUTES = "evenkeel.metrics.max-routes";
    private static final int MOST_ROUTES = 1000;

    private MetricsRules() {}

    static void check(EvenkeelProperties.Metrics metrics) {
        int maxRoutes = metrics.maxRoutes();
        if (maxRoutes < 1) {
            throw new InvalidSettingException(
                    MAX_ROUTES,
                    Integer.toString(maxRoutes),
                    "no route could have meters of its own",
                    "Write at least 1; to tell no routes apart, write 'evenkeel.metrics.per-route: false'.");
        }
        if (maxRoutes > MOST_ROUTES) {
            throw new InvalidSettingException(
                    MAX_ROUTES,
                    Integer.toString(maxRoutes),
                    "each route makes dozens of time series, so many would overload the monitoring system",
                    "Write at most %d.".formatted(MOST_ROUTES));
        }
    }
}
