// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.springframework.beans.factory.BeanFactory;

/** Submits tasks, and writes down what becomes of each. */
final class Tasks {

    private final Journal journal;
    private final BeanFactory beans;
    private final Upstream upstream;

    Tasks(Journal journal, BeanFactory beans, Upstream upstream) {
        this.journal = journal;
        this.beans = beans;
        this.upstream = upstream;
    }

    /**
     * @param work what to submit
     * @param id from which the names of the tasks are made
     */
    void submit(Work work, String id) {
        Executor executor = executor(work.executor());
        for (int i = 0; i < work.count(); i++) {
            String task = id + "." + i;
            try {
                executor.execute(() -> run(work, task));
                this.journal.write(Event.ACCEPTED, task);
            } catch (RejectedExecutionException ex) {
                this.journal.write(Event.REJECTED, task, ex.toString());
            }
        }
    }

    private Executor executor(String name) {
        if (name.equals(Work.ASYNC)) {
            return this.beans.getBean(AsyncMethod.class)::run;
        }
        return this.beans.getBean(name, Executor.class);
    }

    private void run(Work work, String task) {
        this.journal.write(Event.STARTED, task, Thread.currentThread().toString());
        try {
            perform(work, task);
            this.journal.write(Event.DONE, task);
        } catch (InterruptedException ex) {
            this.journal.write(Event.INTERRUPTED, task);
        } catch (RuntimeException ex) {
            this.journal.write(Event.FAILED, task, ex.toString());
            throw ex;
        }
    }

    private void perform(Work work, String task) throws InterruptedException {
        switch (work.kind()) {
            case WAIT -> Pause.of(work.millis());
            case CALL -> call(work, task);
            case IGNORE_INTERRUPTS -> ignoreInterrupts(task);
            case REPEAT -> {
                Pause.of(work.millis());
                submit(work, task.substring(0, task.lastIndexOf('.') + 1) + System.nanoTime());
            }
            case EXIT -> {
                Pause.of(work.millis());
                System.exit(3);
            }
            case THROW -> {
                Pause.of(work.millis());
                throw new IllegalStateException("As planned");
            }
        }
        if (work.depth() > 0) {
            submit(work.child(), task);
        }
    }

    /** Calls until the time of the task is over, and once more after that. */
    private void call(Work work, String task) throws InterruptedException {
        long start = System.nanoTime();
        boolean last;
        do {
            last = System.nanoTime() - start >= work.millis() * 1_000_000;
            this.upstream.call();
            this.journal.write(Event.CALLED, task);
            Pause.of(20);
        } while (!last);
    }

    private void ignoreInterrupts(String task) {
        while (true) {
            try {
                Pause.forEver();
            } catch (InterruptedException ex) {
                this.journal.write(Event.INTERRUPTED, task);
            }
        }
    }
}
