// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import org.assertj.core.api.ListAssert;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes that get a SIGTERM while they have tasks, each scenario once (twice, if its time is judged), and with
 * {@code -Dshutdown.times=5} five times (twice on newer JVMs, if it does not need them, and if it ends without a signal).
 * All scenarios begin at once, and each test waits for its own: as a start takes the processors and a task only time, they
 * would take twice as long one by one.
 */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "There is no SIGTERM")
class ShutdownProcessTests {

    private static final int TIMES = Integer.getInteger("shutdown.times", 1);

    private static final int TIMES_WITHOUT_RACE = Math.min(TIMES, 2);

    /** One of two may be slow. */
    private static final int TIMES_TO_JUDGE_TIME = 2;

    private static final Set<Scenario> JUDGED_BY_TIME = EnumSet.of(
            Scenario.EXIT_WHILE_DRAINING, Scenario.EXIT, Scenario.TOO_MUCH, Scenario.DEAF, Scenario.FOR_EVER);

    private static final int TOGETHER = 4;

    private static final Duration LIMIT = Duration.ofSeconds(90);

    private static final int BY_SIGTERM = 143;

    private static final Map<Scenario, List<Future<Outcome>>> RUNS = new EnumMap<>(Scenario.class);

    @TempDir
    static Path directory;

    private static Rehearsal rehearsal;

    @BeforeAll
    static void beginAll() {
        rehearsal = new Rehearsal(directory, TOGETHER, LIMIT);
        for (Scenario scenario : Scenario.values()) {
            if (scenario.isPossible()) {
                RUNS.put(scenario, rehearsal.begin(scenario.script(), true, times(scenario)));
            }
        }
    }

    @AfterAll
    static void leaveNoProcessBehind() {
        RUNS.clear();
        rehearsal.close();
        assertThat(ProcessHandle.current().children()).isEmpty();
    }

    @Test
    void aThreadWorksOffItsQueue() throws InterruptedException {
        assertThatRuns(Scenario.ONE_THREAD).allSatisfy(ShutdownProcessTests::losesNothing);
    }

    @Test
    void theLogTellsWhatIsWaitedFor() throws InterruptedException {
        assertThatRuns(Scenario.ONE_THREAD).allSatisfy(outcome -> {
            List<String> lines = outcome.linesOfEvenkeel();
            assertThat(lines).allMatch(line -> line.startsWith("INFO"));
            assertThat(lines.get(0)).contains("waits for", "'applicationTaskExecutor'", "of 25.0s left");
            // It takes ten seconds.
            assertThat(lines.get(1)).contains("still waits for", "'applicationTaskExecutor'", "of 25.0s left");
            assertThat(lines.get(lines.size() - 1)).contains("all tasks are done");
        });
    }

    @Test
    void tasksOfRequestsAreDone() throws InterruptedException {
        assertThatRuns(Scenario.REQUESTS).allSatisfy(ShutdownProcessTests::losesNothing);
    }

    @Test
    void requestsInFlightMaySubmitOnTomcat() throws InterruptedException {
        assertThatRuns(Scenario.LATE_TOMCAT).allSatisfy(ShutdownProcessTests::acceptsTasksWhileItCloses);
    }

    @Test
    void requestsInFlightMaySubmitOnJetty() throws InterruptedException {
        assertThatRuns(Scenario.LATE_JETTY).allSatisfy(ShutdownProcessTests::acceptsTasksWhileItCloses);
    }

    @Test
    void newConnectionsAreRefusedAndNeverServedByHalf() throws InterruptedException {
        for (Scenario scenario : List.of(Scenario.LATE_TOMCAT, Scenario.LATE_JETTY)) {
            assertThatRuns(scenario).allSatisfy(outcome -> {
                assertThat(outcome.refused()).isTrue();
                List<String> afterSignal = outcome.answers()
                        .subList(scenario.script().requests(), outcome.answers().size());
                assertThat(afterSignal).allMatch(answer -> answer.isEmpty() || isComplete(answer) || isRefusal(answer));
            });
        }
    }

    @Test
    void aRequestInFlightIsAnsweredAndItsTasksCallOut() throws InterruptedException {
        assertThatRuns(Scenario.CALLS_OF_A_REQUEST).allSatisfy(outcome -> {
            acceptsTasksWhileItCloses(outcome);
            callsReachTheirServer(outcome);
        });
    }

    @Test
    void tasksCallOutUntilTheirEnd() throws InterruptedException {
        assertThatRuns(Scenario.CALLS).allSatisfy(ShutdownProcessTests::callsReachTheirServer);
    }

    @Test
    void tasksMaySubmitTasksAcrossExecutors() throws InterruptedException {
        assertThatRuns(Scenario.CHAINS).allSatisfy(ShutdownProcessTests::losesNothing);
    }

    @Test
    void executorsOfTheApplicationAreWaitedForAndATaskThatFailsHarmsNoOther() throws InterruptedException {
        assertThatRuns(Scenario.EXECUTORS).allSatisfy(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(BY_SIGTERM);
            assertThat(outcome.tally()).isEqualTo(new Tally(16, 0, 16, 12, 0, 4, 0));
        });
    }

    @Test
    void scheduledJobsThatRunAreWaitedForAndOthersAreNot() throws InterruptedException {
        assertThatRuns(Scenario.SCHEDULED).allSatisfy(outcome -> {
            finishesJobsThatRun(outcome);
            assertThat(outcome.linesOfEvenkeel())
                    .anyMatch(line -> line.contains("of scheduler 'taskScheduler'") && line.contains("due later"));
        });
    }

    @Test
    void aSecondSignalChangesNothing() throws InterruptedException {
        assertThatRuns(Scenario.ONE_THREAD).allSatisfy(outcome -> {
            losesNothing(outcome);
            assertThat(outcome.count(Event.CLOSING)).isEqualTo(1);
        });
    }

    @Test
    void anIdleApplicationWaitsForNothing() throws InterruptedException {
        assertThatRuns(Scenario.IDLE).allSatisfy(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(BY_SIGTERM);
            assertThat(outcome.linesOfEvenkeel()).isEmpty();
        });
    }

    @Test
    void anApplicationWhoseMainEndsDoesItsTasks() throws InterruptedException {
        assertThatRuns(Scenario.MAIN_ENDS).allSatisfy(outcome -> doesAllTasks(outcome, 0));
    }

    @Test
    void anApplicationThatExitsKeepsItsExitCode() throws InterruptedException {
        assertThatRuns(Scenario.MAIN_EXITS).allSatisfy(outcome -> doesAllTasks(outcome, 7));
    }

    @Test
    void aTaskThatExitsWhileOthersAreWaitedForEndsWithTheBudget() throws InterruptedException {
        assertThatRuns(Scenario.EXIT_WHILE_DRAINING)
                .allSatisfy(outcome -> endsWithAllButTheTaskThatExits(outcome, BY_SIGTERM));
        endsInTime(Scenario.EXIT_WHILE_DRAINING, 3);
    }

    @Test
    void aTaskThatExitsKeepsItsExitCodeAndEndsWithTheBudget() throws InterruptedException {
        assertThatRuns(Scenario.EXIT).allSatisfy(outcome -> endsWithAllButTheTaskThatExits(outcome, 3));
        endsInTime(Scenario.EXIT, 3);
    }

    @Test
    void whatDoesNotFitIntoTheBudgetIsReported() throws InterruptedException {
        assertThatRuns(Scenario.TOO_MUCH).allSatisfy(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(BY_SIGTERM);
            Tally tally = outcome.tally();
            assertThat(tally.accepted()).isEqualTo(20);
            assertThat(tally.interrupted()).isEqualTo(1);
            assertThat(tally.lost()).isEqualTo(tally.neverStarted()).isPositive();
            assertThat(warning(outcome))
                    .contains(
                            "executor 'applicationTaskExecutor'",
                            tally.done() + " tasks done, 1 interrupted, " + tally.neverStarted() + " never started",
                            "the longest has been running for");
        });
        endsInTime(Scenario.TOO_MUCH, 2);
    }

    @Test
    void tasksThatIgnoreInterruptsDoNotKeepTheProcess() throws InterruptedException {
        assertThatRuns(Scenario.DEAF).allSatisfy(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(BY_SIGTERM);
            assertThat(outcome.tally().interrupted()).isEqualTo(4);
            assertThat(warning(outcome))
                    .contains("executor 'applicationTaskExecutor'", "4 interrupted (4 of them still running)")
                    .containsPattern("the longest has been running for .*thread task-\\d, in io\\.evenkeel\\.");
        });
        endsInTime(Scenario.DEAF, 2);
    }

    @Test
    void aTaskThatSubmitsItselfForEverEndsWithTheBudget() throws InterruptedException {
        assertThatRuns(Scenario.FOR_EVER).allSatisfy(outcome -> {
            assertThat(outcome.exitCode()).isEqualTo(BY_SIGTERM);
            Tally tally = outcome.tally();
            assertThat(tally.accepted() - tally.done()).isLessThanOrEqualTo(1);
            assertThat(warning(outcome)).contains("executor 'applicationTaskExecutor'");
        });
        endsInTime(Scenario.FOR_EVER, 2);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void tasksOfRequestsAreDoneOnVirtualThreads() throws InterruptedException {
        assertThatRuns(Scenario.VIRTUAL_REQUESTS).allSatisfy(ShutdownProcessTests::losesNothing);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void tasksMaySubmitTasksOnVirtualThreads() throws InterruptedException {
        assertThatRuns(Scenario.VIRTUAL_CHAINS).allSatisfy(ShutdownProcessTests::losesNothing);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void tasksCallOutUntilTheirEndOnVirtualThreads() throws InterruptedException {
        assertThatRuns(Scenario.VIRTUAL_CALLS).allSatisfy(ShutdownProcessTests::callsReachTheirServer);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void scheduledJobsThatRunAreWaitedForOnVirtualThreads() throws InterruptedException {
        assertThatRuns(Scenario.VIRTUAL_SCHEDULED).allSatisfy(ShutdownProcessTests::finishesJobsThatRun);
    }

    @Test
    @EnabledForJreRange(min = JRE.JAVA_21)
    void anApplicationWhoseMainEndsDoesItsTasksOnVirtualThreads() throws InterruptedException {
        assertThatRuns(Scenario.VIRTUAL_MAIN_ENDS).allSatisfy(outcome -> doesAllTasks(outcome, 0));
    }

    private static int times(Scenario scenario) {
        int times = scenario.isRace() && scenario.isNewHere() ? TIMES : TIMES_WITHOUT_RACE;
        return JUDGED_BY_TIME.contains(scenario) ? Math.max(times, TIMES_TO_JUDGE_TIME) : times;
    }

    private static ListAssert<Outcome> assertThatRuns(Scenario scenario) throws InterruptedException {
        return assertThat(Rehearsal.join(RUNS.get(scenario))).hasSize(times(scenario));
    }

    private static void losesNothing(Outcome outcome) {
        doesAllTasks(outcome, BY_SIGTERM);
    }

    private static void doesAllTasks(Outcome outcome, int exitCode) {
        assertThat(outcome.exitCode()).isEqualTo(exitCode);
        assertThat(outcome.tally()).isEqualTo(Tally.allDone(outcome.script().tasks()));
    }

    private static void acceptsTasksWhileItCloses(Outcome outcome) {
        losesNothing(outcome);
        assertThat(outcome.after(Event.CLOSING, Event.ACCEPTED))
                .isEqualTo(outcome.script().tasks());
        assertThat(outcome.answers().subList(0, outcome.script().requests()))
                .allMatch(ShutdownProcessTests::isComplete);
    }

    private static void callsReachTheirServer(Outcome outcome) {
        losesNothing(outcome);
        assertThat(outcome.after(Event.CLOSING, Event.CALLED)).isPositive();
        assertThat(outcome.count(Event.CALLED)).isEqualTo(outcome.upstreamCalls());
    }

    private static void finishesJobsThatRun(Outcome outcome) {
        assertThat(outcome.exitCode()).isEqualTo(BY_SIGTERM);
        Tally tally = outcome.tally();
        assertThat(tally.started()).isPositive();
        assertThat(tally).isEqualTo(Tally.allDone(tally.started()));
        // One may be about to start in that moment.
        assertThat(outcome.after(Event.CLOSING, Event.STARTED)).isLessThanOrEqualTo(1);
        assertThat(outcome.after(Event.CLOSING, Event.DONE)).isPositive();
        assertThat(outcome.tally("hour").started()).isZero();
    }

    private static void endsWithAllButTheTaskThatExits(Outcome outcome, int exitCode) {
        assertThat(outcome.exitCode()).isEqualTo(exitCode);
        assertThat(outcome.tally("start-0")).isEqualTo(new Tally(1, 0, 1, 0, 0, 0, 1));
        assertThat(outcome.tally("start-1")).isEqualTo(Tally.allDone(8));
    }

    /** The machine may stand still while one of them ends, but not again and again. */
    private static void endsInTime(Scenario scenario, int budget) throws InterruptedException {
        List<Duration> times = Rehearsal.join(RUNS.get(scenario)).stream()
                .map(Outcome::toExit)
                .sorted()
                .toList();
        assertThat(times.get((times.size() - 1) / 2)).isLessThan(Duration.ofSeconds(budget + 2));
    }

    private static String warning(Outcome outcome) {
        List<String> warnings = outcome.linesOfEvenkeel().stream()
                .filter(line -> line.startsWith("WARN"))
                .toList();
        assertThat(warnings).hasSize(1);
        return warnings.get(0);
    }

    private static boolean isComplete(String answer) {
        return answer.startsWith("HTTP/1.1 200") && answer.endsWith("submitted");
    }

    /** Tomcat's answer, in the moment in which it stops, is a 400 or a 503. */
    private static boolean isRefusal(String answer) {
        return answer.startsWith("HTTP/1.1 400") || answer.startsWith("HTTP/1.1 503");
    }
}
