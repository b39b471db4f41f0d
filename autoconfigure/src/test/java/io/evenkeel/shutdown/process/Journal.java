// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file to which the tasks of an application append what happens to them, one line each. Every line is one write to the
 * operating system, so that it outlives the process, whatever ends it. Thread-safe.
 */
final class Journal {

    /** A line of it. */
    record Entry(Event event, String id, String detail) {

        private static Entry of(String line) {
            String[] parts = line.split("\t", 3);
            return new Entry(Event.valueOf(parts[0]), parts[1], parts[2]);
        }

        @Override
        public String toString() {
            return (this.event + " " + this.id + " " + this.detail).strip();
        }
    }

    // Not a channel: an interrupt, which some of the tasks get, would close it.
    private final FileOutputStream file;

    Journal(Path file) {
        try {
            this.file = new FileOutputStream(file.toFile(), true);
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    void write(Event event, String id) {
        write(event, id, "");
    }

    void write(Event event, String id, String detail) {
        String line = event + "\t" + id + "\t" + detail.replaceAll("\\R", " ") + "\n";
        try {
            this.file.write(line.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }

    /** {@return the lines that have been written, in that order} */
    static List<Entry> read(Path file) {
        if (!Files.exists(file)) {
            return List.of();
        }
        try (Stream<String> lines = Files.lines(file)) {
            return lines.filter(line -> line.chars().filter(c -> c == '\t').count() == 2)
                    .map(Entry::of)
                    .toList();
        } catch (IOException ex) {
            throw new UncheckedIOException(ex);
        }
    }
}
