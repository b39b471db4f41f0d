// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.deadline;

import io.evenkeel.event.BoundSource;
import io.evenkeel.time.Deadline;
import org.jspecify.annotations.Nullable;

/**
 * A deadline, and who has set it.
 *
 * @param deadline by when calls have to be over
 * @param source who says so
 */
public record Bound(Deadline deadline, BoundSource source) {

    /** {@return the one of both that is over first} */
    public Bound boundedBy(@Nullable Bound other) {
        return (other == null || this.deadline.boundedBy(other.deadline) == this.deadline) ? this : other;
    }
}
