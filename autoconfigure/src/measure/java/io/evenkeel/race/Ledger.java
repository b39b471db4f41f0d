// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** What a server did: which calls it executed, how often, and which of them came first on their connection. */
final class Ledger {

    /** What became of one call. */
    record Entry(int executions, boolean first) {}

    private final Map<String, Entry> calls = new ConcurrentHashMap<>();
    private final Set<Object> connections = ConcurrentHashMap.newKeySet();

    /**
     * Notes an execution.
     *
     * @param call its id
     * @param connection what identifies the connection among all that the server ever had
     */
    void executed(@Nullable String call, Object connection) {
        boolean first = this.connections.add(connection);
        this.calls.merge(
                String.valueOf(call),
                new Entry(1, first),
                (one, other) -> new Entry(one.executions() + 1, one.first() || first));
    }

    int executions(Call call) {
        Entry entry = this.calls.get(call.id());
        return (entry != null) ? entry.executions() : 0;
    }

    /** {@return whether the call was executed on a connection that was opened for it} */
    boolean openedFor(Call call) {
        Entry entry = this.calls.get(call.id());
        return entry != null && entry.first();
    }

    /** {@return how many connections brought at least one call} */
    int connections() {
        return this.connections.size();
    }
}
