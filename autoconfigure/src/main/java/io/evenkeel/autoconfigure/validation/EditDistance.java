// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** How many letters have to be inserted, removed or replaced to turn one word into another (Levenshtein). */
public final class EditDistance {

    private EditDistance() {}

    /** {@return which of some names was probably meant by one that is none of them} */
    public static Optional<String> closest(String name, Collection<String> known) {
        return known.stream()
                .min(Comparator.comparingInt(candidate -> between(name, candidate)))
                .filter(candidate -> between(name, candidate) <= Math.max(2, name.length() / 3));
    }

    public static int between(String from, String to) {
        int[] previous = new int[to.length() + 1];
        for (int column = 0; column <= to.length(); column++) {
            previous[column] = column;
        }
        for (int row = 1; row <= from.length(); row++) {
            int[] current = new int[to.length() + 1];
            current[0] = row;
            for (int column = 1; column <= to.length(); column++) {
                int replaced = previous[column - 1] + ((from.charAt(row - 1) == to.charAt(column - 1)) ? 0 : 1);
                int insertedOrRemoved = Math.min(previous[column], current[column - 1]) + 1;
                current[column] = Math.min(replaced, insertedOrRemoved);
            }
            previous = current;
        }
        return previous[to.length()];
    }
}
