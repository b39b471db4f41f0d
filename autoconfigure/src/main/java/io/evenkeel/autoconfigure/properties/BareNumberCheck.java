// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A number without unit is milliseconds to Spring Boot. From 1000 on that is probably known, as in {@code 5000}; below
 * it {@code 30} is rather thirty seconds.
 */
public final class BareNumberCheck {

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Duration ONE_SECOND = Duration.ofSeconds(1);

    private BareNumberCheck() {}

    static void check(String key, String written, Duration value) {
        suspect(written, value).ifPresent(number -> {
            throw new InvalidSettingException(
                    key,
                    DurationText.of(value),
                    "a number without unit is milliseconds",
                    "Did you mean %ds? Otherwise write %dms.".formatted(number, number));
        });
    }

    /** {@return the number, if it was probably not meant as milliseconds} */
    public static Optional<Long> suspect(String written, Duration value) {
        boolean small = !value.isZero() && value.compareTo(ONE_SECOND) < 0;
        boolean bare = NUMBER.matcher(written).matches();
        return (small && bare) ? Optional.of(value.toMillis()) : Optional.empty();
    }
}
