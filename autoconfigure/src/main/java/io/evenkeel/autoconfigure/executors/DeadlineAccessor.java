// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import io.evenkeel.deadline.Bound;
import io.evenkeel.deadline.Deadlines;
import io.micrometer.context.ThreadLocalAccessor;
import org.jspecify.annotations.Nullable;

/** Lets Micrometer's context propagation carry the deadline of a thread. Found by the {@code ServiceLoader}. */
public final class DeadlineAccessor implements ThreadLocalAccessor<Bound> {

    @Override
    public Object key() {
        return Deadlines.class.getName();
    }

    @Override
    public @Nullable Bound getValue() {
        return Deadlines.current();
    }

    @Override
    public void setValue(Bound value) {
        Deadlines.restore(value);
    }

    @Override
    public void setValue() {
        Deadlines.restore(null);
    }
}
