// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The page {@code docs/metrics.md}, as far as it can be compared with something. */
record MetricsPage(String text) {

    private static final Pattern TAG = Pattern.compile("`([a-z]+)(?:=([A-Za-z_,]+))?`");

    private static final Pattern QUERY = Pattern.compile("```promql\n(.*?)```", Pattern.DOTALL);

    static MetricsPage read() {
        try {
            return new MetricsPage(Files.readString(Path.of("..", "docs", "metrics.md")));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    Map<String, DocumentedMeter> meters() {
        Map<String, DocumentedMeter> meters = new TreeMap<>();
        for (String[] cells : rows()) {
            meters.put(code(cells[1]), new DocumentedMeter(cells[2], cells[3], tags(cells[4])));
        }
        return meters;
    }

    Set<String> prometheusNames() {
        Set<String> names = new TreeSet<>();
        for (String[] cells : rows()) {
            String name = code(cells[5]);
            names.addAll(
                    cells[2].equals("Timer") ? List.of(name + "_count", name + "_sum", name + "_max") : List.of(name));
        }
        return names;
    }

    Set<String> valuesOf(String tag) {
        Set<String> values = new TreeSet<>();
        meters().values().forEach(meter -> values.addAll(meter.tags().getOrDefault(tag, Set.of())));
        return values;
    }

    List<String> queries() {
        return QUERY.matcher(this.text).results().map(found -> found.group(1)).toList();
    }

    private List<String[]> rows() {
        return this.text
                .lines()
                .filter(line -> line.startsWith("| `evenkeel.") && line.contains("| `evenkeel_"))
                .map(line -> Arrays.stream(line.split("\\|")).map(String::strip).toArray(String[]::new))
                .toList();
    }

    private static Map<String, Set<String>> tags(String cell) {
        Map<String, Set<String>> tags = new TreeMap<>();
        Matcher matcher = TAG.matcher(cell);
        while (matcher.find()) {
            String values = matcher.group(2);
            tags.put(matcher.group(1), (values != null) ? new TreeSet<>(List.of(values.split(","))) : Set.of());
        }
        return tags;
    }

    private static String code(String cell) {
        return cell.replace("`", "");
    }
}
