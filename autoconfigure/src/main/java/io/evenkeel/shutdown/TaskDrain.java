// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown;

import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets executors finish what they have accepted, and what that submits, to whichever of them, until the deadline is.
 * Then it interrupts what is left, and says what that was. Used by one thread at a time.
 */
final class TaskDrain {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private static final Duration BETWEEN_LOOKS = Duration.ofMillis(10);

    private static final Duration BETWEEN_REPORTS = Duration.ofSeconds(5);

    /** What interrupted tasks have to clean up, on top of the budget. */
    private static final Duration GRACE = Duration.ofSeconds(1);

    private final Deadline deadline;
    private final Ticker ticker;
    private final LongConsumer pause;
    private final Runnable abortCalls;

    private @Nullable Snapshot first;
    private @Nullable Snapshot restSince;

    /**
     * @param pause waits for so many nanoseconds, or less
     * @param abortCalls aborts the HTTP calls that are running
     */
    TaskDrain(Deadline deadline, Ticker ticker, LongConsumer pause, Runnable abortCalls) {
        this.deadline = deadline;
        this.ticker = ticker;
        this.pause = pause;
        this.abortCalls = abortCalls;
    }

    /** {@return what is left of the time} */
    Duration remaining() {
        return this.deadline.remaining();
    }

    /** Looks at the executors for a later comparison, which saves an idle application a wait. */
    Snapshot look(Collection<Workload> workloads) {
        Snapshot now = Snapshot.of(workloads, this.ticker.nanoTime());
        if (this.first == null) {
            this.first = now;
        }
        if (this.restSince == null || !now.continuesRestOf(this.restSince)) {
            this.restSince = now;
        }
        return now;
    }

    /**
     * Waits until the executors are idle, all at the same time, or the deadline is over, or the thread is interrupted.
     *
     * @param executors asked again and again
     * @return what had to be interrupted, empty if they became idle
     */
    List<Interruption> drain(Supplier<Collection<Workload>> executors) {
        long beganAt = this.ticker.nanoTime();
        long reportedAt = beganAt;
        boolean waited = false;
        while (true) {
            // A task may make another one.
            Collection<Workload> workloads = executors.get();
            workloads.forEach(Workload::windDown);
            Snapshot now = look(workloads);
            if (isOver(now)) {
                cancelLater(workloads);
                if (waited) {
                    reportDone(now);
                }
                return List.of();
            }
            boolean interrupted = Thread.currentThread().isInterrupted();
            if (this.deadline.isOver() || interrupted) {
                cancelLater(workloads);
                return interrupt(workloads, now, interrupted);
            }
            // At the first look it may be a thread that is about to wait for tasks.
            if (!now.isIdle() && now.takenAt() - beganAt >= BETWEEN_LOOKS.toNanos()) {
                if (!waited) {
                    log.info("Shutdown waits for {}, {}", now, left());
                } else if (now.takenAt() - reportedAt >= BETWEEN_REPORTS.toNanos()) {
                    log.info("Shutdown still waits for {}, {}", now, left());
                    reportedAt = now.takenAt();
                }
                waited = true;
            }
            if (!(now.isIdle() && now.settling().isZero())) {
                this.pause.accept(BETWEEN_LOOKS.toNanos());
            }
        }
    }

    private static void cancelLater(Collection<Workload> workloads) {
        for (Workload workload : workloads) {
            int later = workload.cancelLater();
            if (later > 0) {
                log.info(
                        "Shutdown: {} of scheduler '{}' that would be due later will not run (the next run of a cron job counts)",
                        (later == 1) ? "1 task" : later + " tasks",
                        workload.name());
            }
        }
    }

    private boolean isOver(Snapshot now) {
        Snapshot restSince = this.restSince;
        return restSince != null
                && restSince != now
                && now.takenAt() - restSince.takenAt() >= now.settling().toNanos();
    }

    private List<Interruption> interrupt(
            Collection<Workload> workloads, Snapshot last, boolean closingThreadInterrupted) {
        Map<Workload, String> longest = new HashMap<>();
        long now = this.ticker.nanoTime();
        for (Workload workload : workloads) {
            workload.longest().ifPresent(task -> longest.put(workload, Interruption.describe(task, now)));
        }
        attempt(workloads, Workload::refuse);
        Snapshot before = Snapshot.of(workloads, this.ticker.nanoTime());
        attempt(workloads, Workload::interrupt);
        abortCalls();
        Snapshot after = awaitEnd(workloads);
        List<Interruption> interruptions = workloads.stream()
                .filter(workload -> !after.isSameAs(last, workload))
                .map(workload -> Interruption.of(
                        workload.name(),
                        before.finishedSince(first(before), workload),
                        before.load(workload),
                        after.load(workload),
                        longest.get(workload)))
                .toList();
        String reason = closingThreadInterrupted
                ? "Shutdown was interrupted"
                : "Shutdown has used up its %s".formatted(Seconds.of(this.deadline.limit()));
        interruptions.forEach(interruption -> log.warn("{}, {}. {}", reason, interruption, interruption.remedy()));
        return interruptions;
    }

    private static void attempt(Collection<Workload> workloads, Consumer<Workload> action) {
        for (Workload workload : workloads) {
            try {
                action.accept(workload);
            } catch (RuntimeException ex) {
                log.warn("Executor '{}' could not be shut down", workload.name(), ex);
            }
        }
    }

    private void abortCalls() {
        try {
            this.abortCalls.run();
        } catch (RuntimeException ex) {
            log.warn("HTTP calls in flight could not be aborted", ex);
        }
    }

    private Snapshot awaitEnd(Collection<Workload> workloads) {
        Deadline grace = Deadline.after(GRACE, this.ticker);
        while (true) {
            Snapshot now = Snapshot.of(workloads, this.ticker.nanoTime());
            boolean ended = now.loads().values().stream().allMatch(load -> load.running() == 0);
            if (ended || grace.isOver() || Thread.currentThread().isInterrupted()) {
                return now;
            }
            this.pause.accept(BETWEEN_LOOKS.toNanos());
        }
    }

    private void reportDone(Snapshot now) {
        log.info(
                "Shutdown: all tasks are done, {} of them since it began {} ago",
                now.finishedSince(first(now)),
                Seconds.of(this.deadline.elapsed()));
    }

    private Snapshot first(Snapshot otherwise) {
        return (this.first != null) ? this.first : otherwise;
    }

    private String left() {
        return "%s of %s left (evenkeel.shutdown.timeout)"
                .formatted(Seconds.of(this.deadline.remaining()), Seconds.of(this.deadline.limit()));
    }
}
