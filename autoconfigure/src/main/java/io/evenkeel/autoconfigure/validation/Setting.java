// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import java.time.Duration;

/**
 * A setting that is judged.
 *
 * @param key the property, in its canonical form
 * @param value a number, a duration or a size
 */
record Setting<T extends Comparable<T>>(String key, T value) {

    /** @throws InvalidSettingException if the value is less */
    Setting<T> atLeast(T least, String reason, String remedy) {
        if (this.value.compareTo(least) < 0) {
            throw refuse(reason, remedy);
        }
        return this;
    }

    /** @throws InvalidSettingException if the value is more */
    Setting<T> atMost(T most, String reason) {
        return atMost(most, reason, "Write at most %s.".formatted(text(most)));
    }

    /** @throws InvalidSettingException if the value is more */
    Setting<T> atMost(T most, String reason, String remedy) {
        if (this.value.compareTo(most) > 0) {
            throw refuse(reason, remedy);
        }
        return this;
    }

    /** {@return why the setting cannot be what it is} */
    InvalidSettingException refuse(String reason, String remedy) {
        return new InvalidSettingException(this.key, text(this.value), reason, remedy);
    }

    private static String text(Object value) {
        return (value instanceof Duration duration) ? DurationText.of(duration) : value.toString();
    }
}
