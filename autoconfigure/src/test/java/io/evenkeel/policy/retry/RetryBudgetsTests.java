// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.retry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** Nobody sends more again than successes allow. */
class RetryBudgetsTests {

    private final AtomicLong now = new AtomicLong();

    private RetryBudgets budgets(int burst, double ratio) {
        RetrySettings settings = new RetrySettings(
                true, 2, Set.of(), Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO, burst, ratio);
        return new RetryBudgets(settings, this.now::get);
    }

    private static int takeAll(RetryBudgets budgets, String route) {
        int taken = 0;
        while (budgets.take(route)) {
            taken++;
        }
        return taken;
    }

    @Test
    void thereIsABurstForEachRoute() {
        RetryBudgets budgets = budgets(10, 0.1);

        assertThat(takeAll(budgets, "a")).isEqualTo(10);
        assertThat(takeAll(budgets, "b")).isEqualTo(10);
        assertThat(budgets.share("a")).isZero();
        assertThat(budgets.share("c")).isOne();
    }

    @Test
    void successesFillItUpToTheBurst() {
        RetryBudgets budgets = budgets(3, 0.25);
        takeAll(budgets, "a");

        for (int i = 0; i < 4; i++) {
            assertThat(budgets.succeeded("a")).isTrue();
        }
        assertThat(takeAll(budgets, "a")).isOne();
        for (int i = 0; i < 100; i++) {
            budgets.succeeded("a");
        }
        assertThat(budgets.areFull()).isTrue();
        assertThat(budgets.succeeded("a")).isFalse();
        assertThat(takeAll(budgets, "a")).isEqualTo(3);
    }

    @Test
    void tenTenthsAreOne() {
        RetryBudgets budgets = budgets(10, 0.1);
        takeAll(budgets, "a");

        for (int i = 0; i < 9; i++) {
            budgets.succeeded("a");
        }
        assertThat(budgets.take("a")).isFalse();
        budgets.succeeded("a");
        assertThat(budgets.take("a")).isTrue();
    }

    @Test
    void aSuccessOfAnotherRouteGivesNothing() {
        RetryBudgets budgets = budgets(1, 1);
        takeAll(budgets, "a");

        assertThat(budgets.succeeded("b")).isFalse();
        assertThat(budgets.take("a")).isFalse();
    }

    @Test
    void routesBeyondAThousandInTroubleShareOne() {
        RetryBudgets budgets = budgets(1, 1);
        for (int i = 0; i < RetryBudgets.MOST_ROUTES; i++) {
            assertThat(budgets.take("route " + i)).isTrue();
        }

        assertThat(budgets.take("one more")).isTrue();
        assertThat(budgets.take("and another")).isFalse();
        assertThat(budgets.take("route 0")).isFalse();
    }

    @Test
    void aRouteThatNobodyCallsAnyMoreGivesItsPlaceToAnotherOne() {
        RetryBudgets budgets = budgets(1, 1);
        for (int i = 0; i < RetryBudgets.MOST_ROUTES; i++) {
            budgets.take("route " + i);
        }
        this.now.addAndGet(RetryBudgets.FORGOTTEN.toNanos());

        assertThat(budgets.take("one more")).isTrue();
        assertThat(budgets.take("and another")).isTrue();
        assertThat(budgets.take("one more")).isFalse();
    }

    @Test
    void manyThreadsTakeNoMoreThanThereIs() throws Exception {
        int burst = 1000;
        RetryBudgets budgets = budgets(burst, 0.5);
        AtomicInteger taken = new AtomicInteger();
        AtomicInteger given = new AtomicInteger();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            Thread thread = new Thread(() -> {
                for (int j = 0; j < 10_000; j++) {
                    if (budgets.take("a")) {
                        taken.incrementAndGet();
                    }
                    if (j % 10 == 0 && budgets.succeeded("a")) {
                        given.incrementAndGet();
                    }
                }
            });
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        taken.addAndGet(takeAll(budgets, "a"));

        assertThat((double) taken.get()).isBetween((double) burst, burst + given.get() * 0.5);
        assertThat(budgets.share("a") * burst).isCloseTo(0.5, within(0.5));
    }
}
