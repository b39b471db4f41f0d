// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The TCP sockets of this JVM that hang in CLOSE_WAIT, as Linux shows them; none where there is no /proc. */
public final class ClientSockets {

    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    private static final List<Path> TABLES = List.of(Path.of("/proc/self/net/tcp"), Path.of("/proc/self/net/tcp6"));

    private static final String CLOSE_WAIT = "08";

    private static final String IN_CLOSE_WAIT = " " + CLOSE_WAIT + " ";

    private ClientSockets() {}

    /** {@return the sockets whose peer at one of these ports has closed, and that are still open here} */
    public static List<String> inCloseWait(Set<Integer> remotePorts) {
        if (remotePorts.isEmpty() || !Files.isDirectory(DESCRIPTORS)) {
            return List.of();
        }
        try {
            List<String> found = new ArrayList<>();
            // The table is that of the network namespace: what belongs to this process, its descriptors tell.
            Set<String> own = ownInodes();
            for (Path table : TABLES) {
                if (Files.isReadable(table)) {
                    for (String line : Files.readAllLines(table)) {
                        if (!line.contains(IN_CLOSE_WAIT)) {
                            continue;
                        }
                        String[] columns = line.strip().split("\\s+", -1);
                        if (columns.length > 9
                                && columns[3].equals(CLOSE_WAIT)
                                && own.contains(columns[9])
                                && remotePorts.contains(port(columns[2]))) {
                            found.add("local port " + port(columns[1]) + " to remote port " + port(columns[2]));
                        }
                    }
                }
            }
            return found;
        } catch (IOException ex) {
            throw new UncheckedIOException("The socket table cannot be read", ex);
        }
    }

    private static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1), 16);
    }

    /** {@return what names the sockets of this JVM, of whatever kind and state} */
    static Set<String> own() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Set.of();
        }
        try {
            return ownInodes();
        } catch (IOException ex) {
            throw new UncheckedIOException("The descriptors cannot be read", ex);
        }
    }

    private static Set<String> ownInodes() throws IOException {
        Set<String> inodes = new HashSet<>();
        try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
            for (Path descriptor : descriptors) {
                try {
                    String target = Files.readSymbolicLink(descriptor).toString();
                    if (target.startsWith("socket:[")) {
                        inodes.add(target.substring("socket:[".length(), target.length() - 1));
                    }
                } catch (IOException ex) {
                    // Closed since it was listed.
                }
            }
        }
        return inodes;
    }
}
