// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.event.BoundSource;
import io.evenkeel.testing.VirtualTime;
import io.evenkeel.time.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A deadline bounds what a thread does within it, and nothing else. */
class DeadlinesTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private static final Duration HOUR = Duration.ofHours(1);

    private final VirtualTime time = new VirtualTime();

    @AfterEach
    void leavesNothingBehind() {
        assertThat(Deadlines.current()).isNull();
        assertThat(Deadlines.takeReadTimeout()).isNull();
    }

    private static Duration remaining() {
        return Deadlines.remaining().orElseThrow();
    }

    @Test
    void boundsWorkAndReturnsWhatItReturns() {
        String result = Deadlines.within(MINUTE, () -> {
            assertThat(remaining()).isBetween(MINUTE.minusSeconds(30), MINUTE);
            return "done";
        });

        assertThat(result).isEqualTo("done");
        assertThat(Deadlines.remaining()).isEmpty();
    }

    @Test
    void anActionNeedNotReturnAnything() {
        boolean[] ran = new boolean[1];

        Deadlines.within(MINUTE, () -> {
            ran[0] = true;
        });

        assertThat(ran[0]).isTrue();
    }

    @Test
    void endsWithTheWorkWhateverItThrows() {
        assertThatThrownBy(() -> Deadlines.within(MINUTE, () -> {
                    throw new IOException("of the work");
                }))
                .isInstanceOf(IOException.class)
                .hasMessage("of the work");

        assertThat(Deadlines.current()).isNull();
    }

    @Test
    void aDeadlineWithinAnotherOnlyShortens() {
        Deadlines.within(HOUR, () -> {
            Deadlines.within(MINUTE, () -> assertThat(remaining()).isLessThanOrEqualTo(MINUTE));
            assertThat(remaining()).isGreaterThan(MINUTE);
        });
        Deadlines.within(
                MINUTE,
                () -> Deadlines.within(HOUR, () -> assertThat(remaining()).isLessThanOrEqualTo(MINUTE)));
    }

    @Test
    void nothingOrLessIsOverAtOnce() {
        Deadlines.within(Duration.ZERO, () -> assertThat(remaining()).isZero());
        Deadlines.within(Duration.ofMillis(-5), () -> assertThat(remaining()).isZero());
    }

    @Test
    void aTimeThatCannotBeCountedIsNoLimit() {
        Deadlines.within(
                Duration.ofSeconds(Long.MAX_VALUE),
                () -> assertThat(remaining()).isGreaterThan(HOUR));
    }

    @Test
    void anotherThreadHasNoneOfIt() {
        Deadlines.within(
                MINUTE,
                () -> assertThat(CompletableFuture.supplyAsync(Deadlines::remaining)
                                .join())
                        .isEmpty());
    }

    @Test
    void aTaskThatIsCarriedHasWhatIsLeft() {
        Deadline deadline = Deadline.after(MINUTE, this.time);
        Duration[] seen = new Duration[1];

        Runnable task = Deadlines.within(
                new Bound(deadline, BoundSource.CALLER), () -> Deadlines.carry(() -> seen[0] = remaining()));
        this.time.advance(Duration.ofSeconds(20));
        CompletableFuture.runAsync(task).join();

        assertThat(seen[0]).isEqualTo(Duration.ofSeconds(40));
    }

    @Test
    void aTaskWithoutADeadlineIsCarriedAsItIs() {
        Runnable task = () -> {};

        assertThat(Deadlines.carry(task)).isSameAs(task);
    }

    @Test
    void theDeadlineOfACarriedTaskDoesNotProlongThatOfItsThread() {
        Runnable task = Deadlines.within(
                HOUR, () -> Deadlines.carry(() -> assertThat(remaining()).isLessThanOrEqualTo(MINUTE)));

        Deadlines.within(MINUTE, task::run);
    }

    @Test
    void attributesOfARequestBoundItsExecution() throws IOException {
        Map<String, Object> attributes =
                Map.of(Deadlines.CALL_TIMEOUT, MINUTE, Deadlines.READ_TIMEOUT, Duration.ofSeconds(3), "other", "x");

        Deadlines.withAttributes(attributes, () -> {
            assertThat(remaining()).isLessThanOrEqualTo(MINUTE);
            assertThat(Deadlines.takeReadTimeout()).isEqualTo(Duration.ofSeconds(3));
            assertThat(Deadlines.takeReadTimeout()).isNull();
            return true;
        });
    }

    @Test
    void aReadTimeoutThatNobodyTookDoesNotStay() {
        Deadlines.withAttributes(Map.of(Deadlines.READ_TIMEOUT, MINUTE), () -> true);

        assertThat(Deadlines.takeReadTimeout()).isNull();
    }

    @Test
    void anAttributeOfAnotherTypeIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Deadlines.withAttributes(Map.of(Deadlines.CALL_TIMEOUT, "2s"), () -> true))
                .withMessage(
                        "The attribute evenkeel.call-timeout of a request has to be a java.time.Duration, and is a java.lang.String.");
    }

    @Test
    void aReadTimeoutThatIsNotPositiveIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Deadlines.withAttributes(Map.of(Deadlines.READ_TIMEOUT, Duration.ZERO), () -> true))
                .withMessageContaining("evenkeel.read-timeout")
                .withMessageContaining("has to be positive");
    }
}
