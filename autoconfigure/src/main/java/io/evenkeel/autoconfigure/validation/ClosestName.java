// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Guesses which of some names was meant by one that is none of them. */
public final class ClosestName {

    private ClosestName() {}

    public static Optional<String> to(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> EditDistance.between(name, candidate)))
                .filter(candidate -> EditDistance.between(name, candidate) <= Math.max(2, name.length() / 3));
    }
}
