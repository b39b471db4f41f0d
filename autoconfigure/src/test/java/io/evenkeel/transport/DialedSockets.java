// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The sockets of this machine that wait for the answer to their SYN, from the table of Linux. */
final class DialedSockets {

    private static final String SYN_SENT = "02";

    private DialedSockets() {}

    static int to(int port) {
        String suffix = String.format(Locale.ROOT, ":%04X", port);
        // The table changes while it is read, and then may show a socket twice.
        Set<String> found = new HashSet<>();
        for (Path table : new Path[] {Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6")}) {
            try (Stream<String> lines = Files.lines(table)) {
                lines.map(line -> line.strip().split("\\s+"))
                        .filter(columns -> columns[2].endsWith(suffix) && columns[3].equals(SYN_SENT))
                        .forEach(columns -> found.add(columns[1] + " " + columns[2]));
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        }
        return found.size();
    }
}
