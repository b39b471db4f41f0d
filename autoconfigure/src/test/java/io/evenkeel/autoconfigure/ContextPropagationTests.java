// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.shutdown.ShutdownContexts;
import io.evenkeel.deadline.Deadlines;
import io.evenkeel.shutdown.HeldTask;
import io.micrometer.context.ContextRegistry;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;

/** Tasks have the context of their submitter with Evenkeel, too: trace, security, logging. */
class ContextPropagationTests {

    private static final String KEY = "io.evenkeel.user";

    private final ThreadLocal<String> user = new ThreadLocal<>();

    @BeforeEach
    void register() {
        ContextRegistry.getInstance().registerThreadLocalAccessor(KEY, this.user);
    }

    @AfterEach
    void remove() {
        ContextRegistry.getInstance().removeThreadLocalAccessor(KEY);
    }

    @ParameterizedTest
    @ValueSource(strings = {"mail", "applicationTaskExecutor"})
    void eachTaskHasThatOfItsSubmitterUntilTheEndAndLeavesNoneBehind(String executor) {
        List<String> seen = new CopyOnWriteArrayList<>();
        ShutdownContexts.context()
                .withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class))
                .withPropertyValues(
                        "spring.task.execution.propagate-context=true",
                        "spring.task.execution.pool.core-size=1",
                        "evenkeel.executors.mail.pool.core-size=1")
                .run(context -> {
                    Executor tasks = context.getBean(executor, Executor.class);
                    HeldTask first = new HeldTask();
                    tasks.execute(first);
                    this.user.set("ann");
                    tasks.execute(() -> seen.add(this.user.get()));
                    this.user.remove();
                    tasks.execute(() -> seen.add(String.valueOf(this.user.get())));
                    ShutdownContexts.releaseWhenClosing(context, first);
                    context.close();
                });
        assertThat(seen).containsExactly("ann", "null");
    }

    @ParameterizedTest
    @CsvSource({"mail, false", "mail, true", "applicationTaskExecutor, true"})
    void eachTaskHasWhatIsLeftOfTheDeadlineWithinWhichItWasSubmitted(String executor, boolean propagated) {
        List<Boolean> bounded = new CopyOnWriteArrayList<>();
        ShutdownContexts.context()
                .withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class))
                .withPropertyValues(
                        "spring.task.execution.propagate-context=" + propagated,
                        "spring.task.execution.pool.core-size=1",
                        "evenkeel.executors.mail.pool.core-size=1")
                .run(context -> {
                    Executor tasks = context.getBean(executor, Executor.class);
                    HeldTask first = new HeldTask();
                    tasks.execute(first);
                    Deadlines.within(
                            Duration.ofMinutes(1),
                            () -> tasks.execute(() -> bounded.add(
                                    Deadlines.remaining().orElseThrow().compareTo(Duration.ofMinutes(1)) <= 0)));
                    tasks.execute(() -> bounded.add(Deadlines.remaining().isPresent()));
                    ShutdownContexts.releaseWhenClosing(context, first);
                    context.close();
                });
        assertThat(bounded).containsExactly(true, false);
    }
}
