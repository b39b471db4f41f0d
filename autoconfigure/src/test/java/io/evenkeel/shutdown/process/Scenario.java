// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import static io.evenkeel.shutdown.process.Script.server;
import static io.evenkeel.shutdown.process.Script.start;
import static io.evenkeel.shutdown.process.Work.ASYNC;
import static io.evenkeel.shutdown.process.Work.OWN;

import io.evenkeel.shutdown.process.Work.Kind;

/** What is shown of shutdown. Those that take longest come first. */
enum Scenario {
    ONE_THREAD(
            "One thread, 20 tasks, a second SIGTERM",
            start(Work.of(Kind.WAIT, 21))
                    .with("spring.task.execution.pool.core-size=1")
                    .signals(2)),
    REQUESTS(
            "50 requests submit a task each, 16 threads",
            server(Server.TOMCAT)
                    .with("spring.task.execution.pool.core-size=16")
                    .requests(50, Work.of(Kind.WAIT, 1))
                    .signalAt(Event.ACCEPTED, 50)),
    LATE_TOMCAT(
            "10 requests in flight submit a task each 500 ms after the signal, Tomcat",
            server(Server.TOMCAT).requests(10, Work.of(Kind.WAIT, 1).after(500)).signalAt(Event.REQUESTED, 10)),
    LATE_JETTY(
            "The same, Jetty",
            server(Server.JETTY).requests(10, Work.of(Kind.WAIT, 1).after(500)).signalAt(Event.REQUESTED, 10)),
    CALLS_OF_A_REQUEST(
            "A request in flight submits 5 tasks that call out, 1 s after the signal",
            server(Server.TOMCAT).requests(1, Work.of(Kind.CALL, 5).after(1000)).signalAt(Event.REQUESTED, 1)),
    CHAINS(
            "8 tasks that submit tasks, three levels deep, across two executors of 4 threads",
            start(Work.of(Kind.WAIT, 8).deep(3, OWN))
                    .with("spring.task.execution.pool.core-size=4")
                    .with("own-threads=4")),
    CALLS("8 tasks that call out until their end", start(Work.of(Kind.CALL, 8))),
    EXECUTORS(
            "A pool and a SimpleAsyncTaskExecutor of the user's, @Async, lazy initialisation; 4 tasks throw before",
            start(
                            Work.of(Kind.THROW, 4).millis(100).on(OWN),
                            Work.of(Kind.WAIT, 4).on(OWN),
                            Work.of(Kind.WAIT, 4).on(Work.SIMPLE),
                            Work.of(Kind.WAIT, 4).on(ASYNC))
                    .with("own-threads=1")
                    .with("spring.main.lazy-initialization=true")),
    SCHEDULED(
            "Scheduled jobs: at a rate, by cron, one in an hour",
            start().with("spring.profiles.active=scheduled").with("spring.task.scheduling.pool.size=4")),
    IDLE("Nothing to do", server(Server.TOMCAT)),
    MAIN_ENDS(
            "Main ends, 20 tasks on 8 threads, no signal",
            server(Server.NONE)
                    .submit(Work.of(Kind.WAIT, 20))
                    .with("spring.task.execution.pool.keep-alive=1s")
                    .signals(0)),
    MAIN_EXITS(
            "Main ends with System.exit(SpringApplication.exit(..)), 20 tasks on 4 threads",
            server(Server.NONE)
                    .submit(Work.of(Kind.WAIT, 20))
                    .with("spring.task.execution.pool.core-size=4")
                    .with("exit-at-end=true")
                    .signals(0)),
    EXIT_WHILE_DRAINING(
            "A task calls System.exit after the signal, 8 tasks more; budget 3 s",
            start(Work.of(Kind.EXIT, 1), Work.of(Kind.WAIT, 8))
                    .with("spring.task.execution.pool.core-size=4")
                    .with("evenkeel.shutdown.timeout=3s")),
    EXIT(
            "A task calls System.exit without a signal, 8 tasks more; budget 3 s",
            start(Work.of(Kind.EXIT, 1).millis(100), Work.of(Kind.WAIT, 8))
                    .with("spring.task.execution.pool.core-size=4")
                    .with("evenkeel.shutdown.timeout=3s")
                    .signals(0)),
    TOO_MUCH(
            "One thread, 20 tasks; budget 1.8 s",
            start(Work.of(Kind.WAIT, 20))
                    .with("spring.task.execution.pool.core-size=1")
                    .with("evenkeel.shutdown.timeout=1800ms")),
    DEAF(
            "4 tasks that ignore interrupts; budget 2 s",
            start(Work.of(Kind.IGNORE_INTERRUPTS, 4))
                    .with("evenkeel.shutdown.timeout=2s")
                    .signalAt(Event.STARTED, 4)),
    FOR_EVER(
            "A task that submits itself again for ever; budget 2 s",
            start(Work.of(Kind.REPEAT, 1).millis(50)).with("evenkeel.shutdown.timeout=2s")),
    VIRTUAL_REQUESTS(
            "Virtual threads: 50 requests submit a task each",
            server(Server.TOMCAT)
                    .with(Scenario.VIRTUAL)
                    .requests(50, Work.of(Kind.WAIT, 1))
                    .signalAt(Event.ACCEPTED, 50)),
    VIRTUAL_CHAINS(
            "Virtual threads: 8 tasks that submit tasks, three levels deep",
            start(Work.of(Kind.WAIT, 8).deep(3, Work.BOOT)).with(Scenario.VIRTUAL)),
    VIRTUAL_CALLS(
            "Virtual threads: 8 tasks that call out until their end",
            start(Work.of(Kind.CALL, 8)).with(Scenario.VIRTUAL)),
    VIRTUAL_SCHEDULED(
            "Virtual threads: scheduled jobs", start().with(Scenario.VIRTUAL).with("spring.profiles.active=scheduled")),
    VIRTUAL_MAIN_ENDS(
            "Virtual threads: main ends, 50 tasks, no signal",
            server(Server.NONE)
                    .submit(Work.of(Kind.WAIT, 50))
                    .with(Scenario.VIRTUAL)
                    .signals(0));

    private static final String VIRTUAL = "spring.threads.virtual.enabled=true";

    private static final boolean HAS_VIRTUAL_THREADS = Runtime.version().feature() >= 21;

    private final String title;
    private final Script script;

    Scenario(String title, Script script) {
        this.title = title;
        this.script = script;
    }

    Script script() {
        return this.script;
    }

    /** {@return whether this JVM can run it} */
    boolean isPossible() {
        return HAS_VIRTUAL_THREADS || !isVirtual();
    }

    /** {@return whether it is of another kind on this JVM than on Java 17, where all others are repeated in full} */
    boolean isNewHere() {
        return !HAS_VIRTUAL_THREADS || isVirtual();
    }

    /** {@return whether the moment of a signal decides, so that it has to be repeated} */
    boolean isRace() {
        return this.script.signals() > 0;
    }

    private boolean isVirtual() {
        return this.script.properties().contains(VIRTUAL);
    }

    @Override
    public String toString() {
        return this.title;
    }
}
