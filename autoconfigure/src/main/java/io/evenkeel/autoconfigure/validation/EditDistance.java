// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

/** How many letters have to be inserted, removed or replaced to turn one word into another (Levenshtein). */
public final class EditDistance {

    private EditDistance() {}

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
