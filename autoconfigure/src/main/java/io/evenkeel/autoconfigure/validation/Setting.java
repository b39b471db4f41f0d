// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import java.time.Duration;

/**
 * A setting that is checked. Each check throws an {@link InvalidSettingException} if the setting does not pass it.
 *
 * @param key the property, in its canonical form
 * @param value the value, or what may be told of it
 * @param secret whether the value may hold a secret, so that nothing else is told of it
 */
record Setting<T extends Comparable<T>>(String key, T value, boolean secret) {

    Setting(String key, T value) {
        this(key, value, false);
    }

    /** {@return one whose value may hold a secret} */
    static Setting<String> secret(String key, String told) {
        return new Setting<>(key, told, true);
    }

    Setting<T> atLeast(T least, String reason, String remedy) {
        return refuseIf(this.value.compareTo(least) < 0, reason, remedy);
    }

    Setting<T> atMost(T most, String reason) {
        return atMost(most, reason, "Write at most %s.".formatted(text(most)));
    }

    Setting<T> atMost(T most, String reason, String remedy) {
        return refuseIf(this.value.compareTo(most) > 0, reason, remedy);
    }

    Setting<T> refuseIf(boolean wrong, String reason, String remedy) {
        if (wrong) {
            throw refuse(reason, remedy);
        }
        return this;
    }

    /** {@return why the setting cannot be what it is} */
    InvalidSettingException refuse(String reason, String remedy) {
        return this.secret
                ? InvalidSettingException.hidingValue(this.key, text(this.value), reason, remedy)
                : new InvalidSettingException(this.key, text(this.value), reason, remedy);
    }

    private static String text(Object value) {
        return (value instanceof Duration duration) ? DurationText.of(duration) : value.toString();
    }
}
