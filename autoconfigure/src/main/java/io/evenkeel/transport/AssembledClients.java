// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.client5.http.classic.HttpClient;

/** The clients that were assembled here, each for as long as somebody else holds it. Thread-safe. */
final class AssembledClients {

    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Set<HttpClient> clients = Collections.newSetFromMap(new WeakHashMap<>());

    void add(HttpClient client) {
        this.lock.lock();
        try {
            this.clients.add(client);
        } finally {
            this.lock.unlock();
        }
    }

    boolean contains(HttpClient client) {
        this.lock.lock();
        try {
            return this.clients.contains(client);
        } finally {
            this.lock.unlock();
        }
    }
}
