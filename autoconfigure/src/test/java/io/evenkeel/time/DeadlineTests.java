// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.time;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.VirtualTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DeadlineTests {

    private static final Duration LONGEST = Duration.ofNanos(Long.MAX_VALUE);

    private final VirtualTime time = new VirtualTime();

    @ParameterizedTest(name = "{1} after a limit of {0}: {2} left, {3} ms for a socket")
    @CsvSource({
        "PT10S, PT0S, PT10S, 10000, false",
        "PT10S, PT9.999999999S, PT0.000000001S, 1, false",
        "PT10S, PT9.998000001S, PT0.001999999S, 2, false",
        "PT10S, PT9.998S, PT0.002S, 2, false",
        "PT10S, PT10S, PT0S, 1, true",
        "PT10S, PT10000H, PT0S, 1, true",
        "PT0S, PT0S, PT0S, 1, true",
        "PT-1S, PT0S, PT0S, 1, true",
        "PT10000H, PT1H, PT9999H, 2147483647, false"
    })
    void runsFromItsBeginning(Duration limit, Duration elapsed, Duration remaining, int timeoutMillis, boolean over) {
        Deadline deadline = Deadline.after(limit, this.time);

        this.time.advance(elapsed);

        assertThat(deadline.isLimited()).isTrue();
        assertThat(deadline.elapsed()).isEqualTo(elapsed);
        assertThat(deadline.remaining()).isEqualTo(remaining);
        assertThat(deadline.remainingNanos()).isEqualTo(remaining.toNanos());
        assertThat(deadline.timeoutMillis()).isEqualTo(timeoutMillis);
        assertThat(deadline.isOver()).isEqualTo(over);
    }

    @Test
    void tellsTheLimitWhateverIsLeft() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(10), this.time);

        this.time.advance(Duration.ofSeconds(11));

        assertThat(deadline.limit()).isEqualTo(Duration.ofSeconds(10));
    }

    @ParameterizedTest
    @CsvSource({"PT0S", "PT1S", "PT2000000H"})
    void isNeverOverWithoutALimit(Duration elapsed) {
        Deadline deadline = Deadline.unlimited(this.time);

        this.time.advance(elapsed);

        assertThat(deadline.isLimited()).isFalse();
        assertThat(deadline.isOver()).isFalse();
        assertThat(deadline.remaining()).isEqualTo(LONGEST);
        assertThat(deadline.timeoutMillis()).isZero();
        assertThat(deadline.elapsed()).isEqualTo(elapsed);
    }

    @Test
    void isNeverOverWithALimitBeyondAllNanoseconds() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(Long.MAX_VALUE), this.time);

        this.time.advance(Duration.ofDays(100 * 365));

        assertThat(deadline.isLimited()).isFalse();
        assertThat(deadline.isOver()).isFalse();
    }

    @Test
    void goesOnWhereTheReadingOfTheTickerOverflows() {
        VirtualTime wrapping = VirtualTime.wrappingAfter(Duration.ofSeconds(1));
        Deadline deadline = Deadline.after(Duration.ofSeconds(3), wrapping);
        Deadline longest = Deadline.after(Duration.ofNanos(Long.MAX_VALUE - 1), wrapping);

        wrapping.advance(Duration.ofSeconds(2));

        assertThat(deadline.remaining()).isEqualTo(Duration.ofSeconds(1));
        assertThat(longest.remaining()).isEqualTo(LONGEST.minusSeconds(2).minusNanos(1));
        assertThat(deadline.boundedBy(longest)).isSameAs(deadline);
        wrapping.advance(Duration.ofSeconds(1));
        assertThat(deadline.isOver()).isTrue();
    }

    @ParameterizedTest(name = "{0}, after {1} bounded by {2}: {3}")
    @CsvSource({
        "PT10S, PT0S, PT1S, PT1S",
        "PT10S, PT0S, PT20S, PT10S",
        "PT10S, PT8S, PT3S, PT2S",
        "PT10S, PT8S, PT1S, PT1S",
        "PT10S, PT11S, PT1S, PT0S",
    })
    void isBoundedByWhatIsOverFirst(Duration limit, Duration elapsed, Duration bound, Duration remaining) {
        Deadline deadline = Deadline.after(limit, this.time);
        this.time.advance(elapsed);
        Deadline other = Deadline.after(bound, this.time);

        assertThat(deadline.boundedBy(other).remaining()).isEqualTo(remaining);
        assertThat(other.boundedBy(deadline).remaining()).isEqualTo(remaining);
    }

    @Test
    void staysItselfWhenItIsBoundedByNothing() {
        Deadline deadline = Deadline.after(Duration.ofSeconds(10), this.time);
        Deadline unlimited = Deadline.unlimited(this.time);

        assertThat(deadline.boundedBy(unlimited)).isSameAs(deadline);
        assertThat(unlimited.boundedBy(deadline)).isSameAs(deadline);
        assertThat(unlimited.boundedBy(unlimited)).isSameAs(unlimited);
    }
}
