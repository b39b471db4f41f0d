// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.shutdown.GracefulShutdown;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Component;

/** What holds for tasks in the background, with and without Evenkeel. */
@Component
class BackgroundLimits {

    private final boolean drained;
    private final Environment environment;

    BackgroundLimits(ObjectProvider<GracefulShutdown> drain, Environment environment) {
        this.drained = drain.getIfAvailable() != null;
        this.environment = environment;
    }

    /** {@return such as {@code 16 threads}, how many tasks of the executor run at once} */
    String threads(AsyncTaskExecutor executor) {
        if (!(executor instanceof ThreadPoolTaskExecutor pool)) {
            return "a thread for each task";
        }
        return (pool.getCorePoolSize() == 1) ? "1 thread" : pool.getCorePoolSize() + " threads";
    }

    /** {@return such as {@code 25 s}, after which tasks that still run are interrupted at the end of the application} */
    String patience() {
        Duration limit = drained
                ? environment.getProperty("evenkeel.shutdown.timeout", Duration.class, Duration.ofSeconds(25))
                : environment.getProperty(
                        "spring.lifecycle.timeout-per-shutdown-phase", Duration.class, Duration.ofSeconds(30));
        return limit.toSeconds() + " s";
    }
}
