// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleBiFunction;

/** Draws runs as an SVG: a column for each server, goodput above, load below, a line for each policy. */
final class Plot {

    private static final int WIDTH = 340;
    private static final int HEIGHT = 170;
    private static final int GAP = 46;
    private static final int TOP = 84;
    private static final int SHOWN_SECONDS = 80;
    private static final double MOST_LOAD = 4.5;

    /** Readable on white and on black, and apart for those who do not tell red from green. */
    private static final List<String> COLOURS =
            List.of("#8b949e", "#d1495b", "#e08a1e", "#9b6ddf", "#2f9e8f", "#2b7fd6");

    private final StringBuilder svg = new StringBuilder();

    private Plot() {}

    static String of(List<Run> runs) {
        Map<Script, List<Run>> columns = new LinkedHashMap<>();
        runs.forEach(run -> columns.computeIfAbsent(run.script(), script -> new ArrayList<>())
                .add(run));
        int width = GAP + columns.size() * (WIDTH + GAP);
        int height = TOP + 2 * (HEIGHT + GAP);
        Plot plot = new Plot();
        plot.add("""
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %1$d %2$d" width="%1$d" height="%2$d" font-family="sans-serif" font-size="12">
            <style>.paper{fill:#fff}.ink{fill:#24292f}.axis{stroke:#8b949e;stroke-width:1}.stall{fill:#8b949e;opacity:.2}polyline{fill:none;stroke-width:1.8}@media(prefers-color-scheme:dark){.paper{fill:#0d1117}.ink{fill:#e6edf3}}</style>
            <rect class="paper" width="%1$d" height="%2$d"/>
            """, width, height);
        plot.legend();
        int x = GAP;
        for (Map.Entry<Script, List<Run>> column : columns.entrySet()) {
            plot.text(x, TOP - 26, "Server: " + column.getKey().title());
            plot.panel(x, TOP, "calls that succeed, %", column.getKey(), 100, 50, column.getValue(), Plot::goodput);
            int below = TOP + HEIGHT + GAP;
            plot.panel(
                    x, below, "requests / offered calls", column.getKey(), MOST_LOAD, 1, column.getValue(), Plot::load);
            x += WIDTH + GAP;
        }
        return plot.add("</svg>\n").svg.toString();
    }

    private static double goodput(Run run, int second) {
        return 100.0 * run.succeeded()[second] / run.due()[second];
    }

    private static double load(Run run, int second) {
        return run.received()[second] / (double) Fleet.RATE;
    }

    private Plot add(String text, Object... values) {
        this.svg.append(String.format(Locale.ROOT, text, values));
        return this;
    }

    private void text(int x, int y, String text) {
        add("<text class=\"ink\" x=\"%d\" y=\"%d\">%s</text>%n", x, y, text);
    }

    private void legend() {
        int x = GAP;
        for (Policy policy : Policy.values()) {
            add("<rect x=\"%d\" y=\"20\" width=\"14\" height=\"4\" fill=\"%s\"/>%n", x, COLOURS.get(policy.ordinal()));
            text(x + 20, 26, policy.title());
            x += 40 + 6 * policy.title().length();
        }
    }

    private void panel(
            int x,
            int y,
            String title,
            Script script,
            double most,
            int step,
            List<Run> runs,
            ToDoubleBiFunction<Run, Integer> value) {
        double perSecond = WIDTH / (double) SHOWN_SECONDS;
        add(
                "<rect class=\"stall\" x=\"%.1f\" y=\"%d\" width=\"%.1f\" height=\"%d\"/>%n",
                x + script.troubleFrom() * perSecond,
                y,
                (script.troubleUntil() - script.troubleFrom()) * perSecond,
                HEIGHT);
        add("<path class=\"axis\" fill=\"none\" d=\"M%d %dv%dh%d\"/>%n", x, y, HEIGHT, WIDTH);
        text(x, y - 6, title);
        for (int mark = 0; mark <= most; mark += step) {
            text(x - 24, (int) (y + HEIGHT - mark / most * HEIGHT) + 4, String.valueOf(mark));
        }
        for (int second = 0; second <= SHOWN_SECONDS; second += 20) {
            text((int) (x + second * perSecond) - 6, y + HEIGHT + 16, second + " s");
        }
        for (Run run : runs) {
            StringBuilder points = new StringBuilder();
            for (int second = 0; second < run.length(); second++) {
                points.append(String.format(
                        Locale.ROOT,
                        "%.1f,%.1f ",
                        x + (second + 0.5) * perSecond,
                        y + HEIGHT - Math.min(most, value.applyAsDouble(run, second)) / most * HEIGHT));
            }
            add(
                    "<polyline stroke=\"%s\" points=\"%s\"/>%n",
                    COLOURS.get(run.policy().ordinal()), points.toString().trim());
        }
    }
}
