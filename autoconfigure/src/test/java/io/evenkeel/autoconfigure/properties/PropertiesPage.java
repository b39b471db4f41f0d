// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The tables of {@code docs/properties.md}. */
record PropertiesPage(Map<String, Row> rows) {

    static PropertiesPage read() {
        try {
            List<String> lines = Files.readAllLines(Path.of("..", "docs", "properties.md"));
            return new PropertiesPage(lines.stream()
                    .filter(line -> line.startsWith("| `"))
                    .map(Row::of)
                    .collect(Collectors.toMap(Row::key, Function.identity())));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /**
     * A key.
     *
     * @param defaultValue default, {@code -} for none
     * @param zero what 0 means
     * @param forOneClient whether a client may have its own: yes, no, only
     * @param text what it does
     */
    record Row(String key, String defaultValue, String zero, String forOneClient, String text) {

        private static Row of(String line) {
            String[] cells = line.split("\\|", -1);
            return new Row(
                    cells[1].strip().replace("`", ""),
                    cells[2].strip().replace("`", ""),
                    cells[3].strip(),
                    cells[4].strip(),
                    cells[5].strip());
        }

        boolean refusesZero() {
            return this.zero.startsWith("refused") || this.zero.contains(" refused ");
        }
    }
}
