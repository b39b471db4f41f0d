// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** Parameters that have a fixed set or a range of values. What is refused is refused with the values that would do. */
final class Choice {

    private Choice() {}

    static <E extends Enum<E>> E of(Class<E> type, String parameter, String value) {
        return Arrays.stream(type.getEnumConstants())
                .filter(constant -> constant.name().equalsIgnoreCase(value))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(
                        "%s must be one of %s, but is '%s'".formatted(parameter, names(type), value)));
    }

    static int within(String parameter, int least, int most, int value) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(
                    "%s must be from %d to %d, but is %d".formatted(parameter, least, most, value));
        }
        return value;
    }

    private static <E extends Enum<E>> String names(Class<E> type) {
        return Arrays.stream(type.getEnumConstants())
                .map(constant -> constant.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(", "));
    }
}
