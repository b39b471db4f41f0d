// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.experiment.support.Choice;
import io.evenkeel.sample.experiment.support.Experiment;
import io.evenkeel.sample.upstream.JettyUpstream;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.shutdown.GracefulShutdown;
import java.time.Duration;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.env.Environment;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.stereotype.Component;

/**
 * Gives tasks to an executor and watches them. When the application closes, the watching ends with all experiments; the
 * tasks do not.
 */
@Component
class BackgroundWork {

    private final Clients clients;
    private final JettyUpstream upstream;
    private final AsyncTaskExecutor executor;
    private final boolean drained;
    private final Environment environment;

    /** If there is no executor of properties, the stock one takes its place. */
    BackgroundWork(
            Clients clients,
            JettyUpstream upstream,
            @Qualifier("background") ObjectProvider<AsyncTaskExecutor> ofProperties,
            @Qualifier("applicationTaskExecutor") AsyncTaskExecutor stock,
            ObjectProvider<GracefulShutdown> drain,
            Environment environment) {
        this.clients = clients;
        this.upstream = upstream;
        this.executor = ofProperties.getIfAvailable(() -> stock);
        this.drained = drain.getIfAvailable() != null;
        this.environment = environment;
    }

    /** {@return such as {@code 16 threads}, how many tasks run at once} */
    String threads() {
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

    BackgroundTasks.Result run(Settings settings, Experiment.Progress progress) throws InterruptedException {
        BackgroundTasks tasks = new BackgroundTasks(
                clients.open(Side.EVENKEEL).http(),
                upstream.uri(Side.EVENKEEL),
                upstream.tally(Side.EVENKEEL),
                settings);
        for (int number = 1; number <= settings.tasks(); number++) {
            executor.execute(tasks.task(number));
        }
        BackgroundTasks.Result result = tasks.result();
        while (result.ended() < settings.tasks()) {
            progress.report((double) result.ended() / settings.tasks(), result);
            Thread.sleep(100);
            result = tasks.result();
        }
        return result;
    }

    /** How many tasks the executor gets, all at once, and how many seconds each of them works before it calls out. */
    record Settings(int tasks, int seconds) {

        Settings {
            Choice.within("tasks", 1, 500, tasks);
            Choice.within("seconds", 1, 30, seconds);
        }
    }
}
