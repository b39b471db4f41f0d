// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Profile;
import org.springframework.context.event.EventListener;
import org.springframework.scheduling.TaskScheduler;
import org.springframework.scheduling.annotation.EnableScheduling;
import org.springframework.scheduling.annotation.Scheduled;

/** Jobs: at a fixed rate, by a cron expression, and one that is due in an hour. */
@Profile("scheduled")
@EnableScheduling
class ScheduledTasks {

    private final Journal journal;
    private final TaskScheduler scheduler;
    private final AtomicInteger runs = new AtomicInteger();

    ScheduledTasks(Journal journal, TaskScheduler scheduler) {
        this.journal = journal;
        this.scheduler = scheduler;
    }

    @EventListener(ApplicationReadyEvent.class)
    void planForLater() {
        this.scheduler.schedule(() -> run("hour"), Instant.now().plus(Duration.ofHours(1)));
    }

    @Scheduled(fixedRate = 700)
    void atFixedRate() {
        run("rate");
    }

    @Scheduled(cron = "* * * * * *")
    void everySecond() {
        run("cron");
    }

    private void run(String name) {
        String task = name + "." + this.runs.incrementAndGet();
        this.journal.write(Event.STARTED, task);
        try {
            Pause.of(500);
            this.journal.write(Event.DONE, task);
        } catch (InterruptedException ex) {
            this.journal.write(Event.INTERRUPTED, task);
        }
    }
}
