// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.time.Ticker;
import java.util.List;

/**
 * All connection pools of an application, and their owner. Thread-safe.
 */
public final class ConnectionPools implements AutoCloseable {

    public ConnectionPools(Ticker ticker, ConnectionListener listener) {}

    /**
     * Prepares the building of one HTTP client.
     *
     * @param spec what the client is
     * @return the parts to put into its builder
     */
    public HttpClientAssembly assemble(ClientSpec spec) {
        return new HttpClientAssembly();
    }

    /** {@return the state of every pool that has a connection or a client} */
    public List<PoolSnapshot> snapshot() {
        return List.of();
    }

    /** Closes all pools, their idle connections and, when they come back, their leased ones. */
    @Override
    public void close() {}
}
