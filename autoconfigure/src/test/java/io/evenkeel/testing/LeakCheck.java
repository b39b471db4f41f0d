// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test that leaves something behind: a leased connection, a thread of ours, or a socket whose peer has closed.
 * It also closes what a test has opened, and reports the steps of a server's script that were not reached.
 *
 * <pre>{@code
 * @RegisterExtension
 * final LeakCheck leaks = new LeakCheck();
 *
 * @Test
 * void keepsNothing() {
 *     ScriptedServer server = leaks.server(ScriptedServer.http().start());
 *     Client client = leaks.closeAfter(new Client());
 *     leaks.watchLeases("client", client::leased);
 * }
 * }</pre>
 *
 * <p>After each test, in this order: the leases are counted, then the resources are closed, the last one first, then
 * the scripts are judged and the servers closed, and then threads and sockets are looked for. A connection that the
 * client forgot is found for that reason too: it is in CLOSE_WAIT once its server is closed. What may need a moment
 * gets one second. Not for use by several threads.
 */
public final class LeakCheck implements AfterEachCallback {

    private static final String THREAD_PREFIX = "evenkeel-";

    private static final Duration GLANCE = Duration.ofMillis(10);

    private final Duration limit;

    private final Map<String, IntSupplier> leases = new LinkedHashMap<>();

    private final Deque<AutoCloseable> resources = new ArrayDeque<>();

    private final List<ScriptedServer> servers = new ArrayList<>();

    private final Set<Integer> ports = new HashSet<>();

    private final Set<String> socketsBefore = ClientSockets.own();

    /** Looks for leaks up to one second. */
    public LeakCheck() {
        this(Duration.ofSeconds(1));
    }

    LeakCheck(Duration limit) {
        this.limit = limit;
    }

    /** Expects that this supplier says 0 when the test is over. */
    public void watchLeases(String name, IntSupplier leased) {
        this.leases.put(name, leased);
    }

    /** Judges the script of this server and closes it after the test, and looks for sockets that it left alone. */
    public ScriptedServer server(ScriptedServer server) {
        this.servers.add(server);
        port(server.port());
        return server;
    }

    /** Looks for sockets that another server, at this port, left alone. */
    public void port(int port) {
        this.ports.add(port);
    }

    /** Closes this after the test and before the check; the last one is closed first. */
    public <T extends AutoCloseable> T closeAfter(T resource) {
        this.resources.push(resource);
        return resource;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        check();
    }

    /**
     * Closes everything and fails if something is left.
     *
     * @throws AssertionError with a line for each offender
     */
    public void check() {
        List<String> offences = new ArrayList<>(linger(this::leased));
        this.resources.forEach(resource -> close(resource, offences));
        this.resources.clear();
        for (ScriptedServer server : this.servers) {
            // A client may have its answer before the server has noted that it sent it.
            offences.addAll(linger(() -> judge(server)));
            close(server, offences);
        }
        this.servers.clear();
        offences.addAll(linger(LeakCheck::threads));
        offences.addAll(linger(this::deserted));
        if (!offences.isEmpty()) {
            throw new AssertionError("The test left behind:\n - " + String.join("\n - ", offences));
        }
    }

    private List<String> leased() {
        List<String> found = new ArrayList<>();
        this.leases.forEach((name, leased) -> {
            int count = leased.getAsInt();
            if (count != 0) {
                found.add(name + ": " + count + " leased. Was a response not closed?");
            }
        });
        return found;
    }

    private static List<String> threads() {
        return Thread.getAllStackTraces().entrySet().stream()
                .filter(entry -> entry.getKey().getName().startsWith(THREAD_PREFIX)
                        && entry.getKey().isAlive())
                .map(entry -> "thread " + entry.getKey().getName() + ", in "
                        + Arrays.stream(entry.getValue()).limit(3).toList())
                .toList();
    }

    private List<String> deserted() {
        // The kernel walks all of its table for whoever reads it, some milliseconds for each of thousands of tests.
        if (this.socketsBefore.containsAll(ClientSockets.own())) {
            return List.of();
        }
        return ClientSockets.inCloseWait(this.ports).stream()
                .map(socket -> "socket in CLOSE_WAIT: " + socket + ". The server has closed it, and we have not")
                .toList();
    }

    private static List<String> judge(ScriptedServer server) {
        try {
            server.assertScriptDone();
            return List.of();
        } catch (AssertionError ex) {
            return List.of(String.valueOf(ex.getMessage()));
        }
    }

    private static void close(AutoCloseable resource, List<String> offences) {
        try {
            resource.close();
        } catch (Exception | AssertionError ex) {
            offences.add(resource + " could not be closed: " + ex);
        }
    }

    /** Asks until there is nothing to find, or the limit is reached. */
    private List<String> linger(Supplier<List<String>> search) {
        long start = System.nanoTime();
        List<String> found = search.get();
        while (!found.isEmpty() && System.nanoTime() - start < this.limit.toNanos()) {
            try {
                Thread.sleep(GLANCE.toMillis());
            } catch (InterruptedException ex) {
                Thread.currentThread().interrupt();
                return found;
            }
            found = search.get();
        }
        return found;
    }
}
