// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.upstream.JettyUpstream;
import io.evenkeel.sample.upstream.Side;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.core.task.AsyncTaskExecutor;
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
    private final BackgroundLimits limits;

    /** If there is no executor of properties, the stock one takes its place. */
    BackgroundWork(
            Clients clients,
            JettyUpstream upstream,
            @Qualifier("background") ObjectProvider<AsyncTaskExecutor> ofProperties,
            @Qualifier("applicationTaskExecutor") AsyncTaskExecutor stock,
            BackgroundLimits limits) {
        this.clients = clients;
        this.upstream = upstream;
        this.executor = ofProperties.getIfAvailable(() -> stock);
        this.limits = limits;
    }

    /** {@return how many tasks run at once} */
    String threads() {
        return limits.threads(executor);
    }

    /** {@return how long an application that ends lets them run} */
    String patience() {
        return limits.patience();
    }

    BackgroundTasks.Result run(BackgroundSettings settings, Experiment.Progress progress) throws InterruptedException {
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
}
