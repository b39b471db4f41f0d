// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.deadline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.deadline.Deadlines;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.policy.TravellingDeadline.Unit;
import io.evenkeel.testing.VirtualTime;
import jakarta.servlet.DispatcherType;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** What a header says of the time of a caller bounds who answers, and nothing else does. */
class DeadlineFilterTests {

    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final VirtualTime time = new VirtualTime();
    private final AtomicInteger ignored = new AtomicInteger();
    private final MockHttpServletRequest request = new MockHttpServletRequest();

    @AfterEach
    void leavesNothingBehind() {
        assertThat(Deadlines.current()).isNull();
    }

    private Optional<Duration> answer(Duration min) throws Exception {
        DeadlineFilter filter = new DeadlineFilter(
                new TravellingDeadline("Expect-Within", Unit.SECONDS), min, this.ignored::incrementAndGet, this.time);
        AtomicInteger answers = new AtomicInteger();
        Optional<?>[] seen = new Optional<?>[1];
        filter.doFilter(this.request, new MockHttpServletResponse(), (req, res) -> {
            answers.incrementAndGet();
            seen[0] = Deadlines.remaining();
        });
        assertThat(answers).hasValue(1);
        return seen[0].map(Duration.class::cast);
    }

    @Test
    void aRequestWithoutADeadlineHasNone() throws Exception {
        assertThat(answer(Duration.ZERO)).isEmpty();

        assertThat(this.ignored).hasValue(0);
    }

    @Test
    void aRequestWithADeadlineHasIt() throws Exception {
        this.request.addHeader("Expect-Within", "1.25");

        assertThat(answer(Duration.ZERO)).contains(Duration.ofMillis(1250));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "abc",
                "-1",
                "+1",
                "1e3",
                "0x10",
                "1,5",
                "1.",
                ".5",
                "86401",
                "99999999999999999999",
                "1 s",
                "NaN"
            })
    void whatIsNoTimeIsIgnoredAndCounted(String value) throws Exception {
        this.request.addHeader("Expect-Within", value);

        assertThat(answer(Duration.ZERO)).isEmpty();

        assertThat(this.ignored).hasValue(1);
    }

    @Test
    void severalAreIgnoredAndCounted() throws Exception {
        this.request.addHeader("Expect-Within", "1");
        this.request.addHeader("Expect-Within", "2");

        assertThat(answer(Duration.ZERO)).isEmpty();

        assertThat(this.ignored).hasValue(1);
    }

    @Test
    void withLessThanTheLeastNothingIsLeft() throws Exception {
        this.request.addHeader("Expect-Within", "0.049");

        assertThat(answer(Duration.ofMillis(50))).contains(Duration.ZERO);
    }

    @Test
    void aDeadlineThatIsInForceIsNotProlonged() throws Exception {
        this.request.addHeader("Expect-Within", "3600");

        Deadlines.within(
                MINUTE, () -> assertThat(answer(Duration.ZERO).orElseThrow()).isLessThanOrEqualTo(MINUTE));
    }

    @Test
    void laterDispatchesOfTheRequestHaveWhatIsLeftOfTheSame() throws Exception {
        this.request.addHeader("Expect-Within", "10");
        answer(Duration.ZERO);
        this.time.advance(Duration.ofSeconds(4));

        this.request.setDispatcherType(DispatcherType.ASYNC);
        assertThat(answer(Duration.ZERO)).contains(Duration.ofSeconds(6));

        this.time.advance(Duration.ofSeconds(7));
        this.request.setDispatcherType(DispatcherType.ERROR);
        assertThat(answer(Duration.ZERO)).contains(Duration.ZERO);
    }

    @Test
    void anAnswerThatFailsLeavesNothingBehind() {
        this.request.addHeader("Expect-Within", "10");
        DeadlineFilter filter = new DeadlineFilter(
                new TravellingDeadline("Expect-Within", Unit.SECONDS), Duration.ZERO, () -> {}, this.time);

        assertThatThrownBy(() -> filter.doFilter(this.request, new MockHttpServletResponse(), (req, res) -> {
                    throw new IllegalStateException("of the application");
                }))
                .hasMessage("of the application");
    }
}
