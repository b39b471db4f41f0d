// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.EvenkeelProperties;

/** What the keys under {@code evenkeel.metrics} may be. */
final class MetricsCheck {

    private static final int MOST_ROUTES = 1000;

    private MetricsCheck() {}

    static void check(EvenkeelProperties.Metrics metrics) {
        new Setting<>("evenkeel.metrics.max-routes", metrics.maxRoutes())
                .atLeast(
                        1,
                        "no route could have meters of its own",
                        "Write at least 1; to tell no routes apart, write 'evenkeel.metrics.per-route: false'.")
                .atMost(
                        MOST_ROUTES,
                        "each route makes dozens of time series, so many would overload the monitoring system");
    }
}
