// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import io.github.resilience4j.retry.Retry;
import java.util.Map;
import java.util.function.Supplier;

/** Who retries, and how. All clients have the same pool and timeouts, and differ in nothing else. */
enum Policy {
    NONE("no retries", Map.of(), () -> Runnable::run),

    NAIVE("naive: 3 more, 100 ms apart", Map.of(), () -> new FixedDelay(() -> true)),

    RESILIENCE4J("Resilience4j's Retry, defaults", Map.of(), () -> {
        Retry retry = Retry.ofDefaults("storm");
        return retry::executeRunnable;
    }),

    REQUEST_BUDGET("naive, 10 % of the requests", Map.of(), RequestBudget::new),

    EVENKEEL_WITHOUT_BREAKER(
            "Evenkeel, no breaker",
            Map.of("evenkeel.retry.enabled", "true", "evenkeel.circuit-breaker.enabled", "false"),
            () -> Runnable::run),

    EVENKEEL("Evenkeel, with breaker", Map.of("evenkeel.retry.enabled", "true"), () -> Runnable::run);

    private final String title;
    private final Map<String, String> properties;
    private final Supplier<Retrying> retrying;

    Policy(String title, Map<String, String> properties, Supplier<Retrying> retrying) {
        this.title = title;
        this.properties = properties;
        this.retrying = retrying;
    }

    String title() {
        return this.title;
    }

    /** {@return what is set besides the read timeout} */
    Map<String, String> properties() {
        return this.properties;
    }

    /** {@return what one client puts around its calls} */
    Retrying newRetrying() {
        return this.retrying.get();
    }
}
