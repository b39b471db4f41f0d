// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.policy.ClientSwitches;
import io.evenkeel.policy.PolicySwitch;
import io.evenkeel.policy.retry.RetryBudgets;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.deadline.CallTimer;
import io.evenkeel.transport.decoding.UnknownCodingWarning;
import io.evenkeel.transport.dial.FailedAddresses;
import io.evenkeel.transport.dial.LazyTlsStrategy;
import io.evenkeel.transport.dial.Lookups;
import io.evenkeel.transport.pool.ConnectionPool;
import io.evenkeel.transport.pool.Housekeeper;
import io.evenkeel.transport.pool.LeakDetector;
import io.evenkeel.transport.redirect.IgnoredCookieWarning;
import io.evenkeel.transport.retry.Pauses;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.spec.TlsMaterial;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.client5.http.classic.HttpClient;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All connection pools of an application, and their owner. Clients that must not share connections have different pools;
 * all others share, whatever the number of builders that made them. A pool lives as long as a client uses it or a
 * connection is open in it. Thread-safe.
 */
public final class ConnectionPools implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    /** More pools than this are a sign that settings are built anew for each request. */
    private static final int MANY_POOLS = 32;

    private final Ticker ticker;
    private final ConnectionListener listener;
    private final Housekeeper housekeeper;
    private final LeakDetector leaks;
    private final DnsResolver resolver;
    private final FailedAddresses failedAddresses;
    private final Lookups lookups;
    private final CallTimer callTimer;
    private final TlsSocketStrategy systemTls = new LazyTlsStrategy();
    private final Set<String> warnedOfCookies = ConcurrentHashMap.newKeySet();
    private final Set<String> warnedOfCodings = ConcurrentHashMap.newKeySet();
    private final Set<String> customizedClients = ConcurrentHashMap.newKeySet();
    private final Set<String> unprovenClients = ConcurrentHashMap.newKeySet();
    private final Map<String, RetryBudgets> retryBudgets = new ConcurrentHashMap<>();
    private final Map<String, ClientSwitches> switches = new ConcurrentHashMap<>();
    private final Pauses retryPauses = new Pauses();

    private final ReentrantLock lock = new ReentrantLock();

    // guarded by lock
    private final Map<PoolKey, PoolReference> pools = new HashMap<>();
    private final Set<HttpClient> assembled = Collections.newSetFromMap(new WeakHashMap<>());
    private final ReferenceQueue<ConnectionPool> unreachable = new ReferenceQueue<>();
    private boolean closed;
    private boolean warnedOfMany;

    /**
     * @param ticker tells the time
     * @param listener hears what happens to connections
     */
    public ConnectionPools(Ticker ticker, ConnectionListener listener) {
        this(ticker, listener, SystemDefaultDnsResolver.INSTANCE);
    }

    /** @param resolver asked for the addresses of each new connection */
    ConnectionPools(Ticker ticker, ConnectionListener listener, DnsResolver resolver) {
        this.ticker = ticker;
        this.resolver = resolver;
        this.failedAddresses = new FailedAddresses(ticker);
        this.lookups = new Lookups(ticker);
        this.callTimer = new CallTimer(ticker);
        this.listener = ListenerRelay.to(listener);
        this.leaks = new LeakDetector(ticker);
        this.housekeeper = new Housekeeper(ticker, this::hasPools, this.leaks::reclaim);
    }

    /**
     * Prepares the building of one HTTP client.
     *
     * @param spec what the client is
     * @return the parts to put into its builder
     */
    public HttpClientAssembly assemble(ClientSpec spec) {
        TlsMaterial material = spec.tls();
        return new HttpClientAssembly(spec, this, (material != null) ? material.strategy() : this.systemTls);
    }

    /** Remembers a client that was built with what {@link #assemble} gave, without holding it. */
    public void assembled(HttpClient client) {
        locked(() -> this.assembled.add(client));
    }

    /** {@return whether a client was built with what {@link #assemble} gave} */
    public boolean hasAssembled(HttpClient client) {
        return locked(() -> this.assembled.contains(client));
    }

    /** {@return whether the client was not known to be customized before} */
    boolean isFirstCustomized(String client) {
        return this.customizedClients.add(client);
    }

    /** {@return whether the client's use of a proxy behind an address filter was not known before} */
    boolean isFirstUnproven(String client) {
        return this.unprovenClients.add(client);
    }

    Ticker ticker() {
        return this.ticker;
    }

    ConnectionListener listener() {
        return this.listener;
    }

    LeakDetector leaks() {
        return this.leaks;
    }

    DnsResolver resolver() {
        return this.resolver;
    }

    FailedAddresses failedAddresses() {
        return this.failedAddresses;
    }

    Lookups lookups() {
        return this.lookups;
    }

    CallTimer callTimer() {
        return this.callTimer;
    }

    IgnoredCookieWarning ignoredCookieWarning(String client) {
        return new IgnoredCookieWarning(client, this.warnedOfCookies);
    }

    UnknownCodingWarning unknownCodingWarning(ClientSpec spec) {
        return new UnknownCodingWarning(spec.client(), spec.keyPrefix(), this.warnedOfCodings);
    }

    /** {@return the budgets of the retries of a client, whatever the number of its builders} */
    RetryBudgets retryBudgets(ClientSpec spec) {
        return this.retryBudgets.computeIfAbsent(spec.client(), client -> new RetryBudgets(spec.retry(), this.ticker));
    }

    /** {@return what may be switched of a client, whatever the number of its builders} */
    ClientSwitches switches(ClientSpec spec) {
        return this.switches.computeIfAbsent(
                spec.client(),
                client -> new ClientSwitches(
                        spec.retry().enabled() ? new PolicySwitch() : null,
                        (spec.breakers() != null) ? new PolicySwitch() : null));
    }

    /** {@return what may be switched, by the names of the clients that were built} */
    public Map<String, ClientSwitches> switches() {
        return Map.copyOf(this.switches);
    }

    Pauses retryPauses() {
        return this.retryPauses;
    }

    ConnectionPool pool(ClientSpec spec, boolean customized) {
        PoolKey key = new PoolKey(
                spec.client(),
                spec.tls(),
                spec.addressFilter(),
                spec.proxy(),
                spec.limits(),
                spec.responseLimits(),
                customized);
        ConnectionPool pool;
        boolean many = false;
        this.lock.lock();
        try {
            purge();
            PoolReference reference = this.pools.get(key);
            pool = (reference != null) ? reference.get() : null;
            if (pool != null) {
                return pool;
            }
            pool = new ConnectionPool(
                    spec.client(),
                    spec.keyPrefix(),
                    spec.limits(),
                    this.ticker,
                    this.listener,
                    this.housekeeper,
                    this.leaks);
            if (this.closed) {
                // Its calls are refused, each with a message that says why.
                pool.close();
                return pool;
            }
            this.pools.put(key, new PoolReference(key, pool, this.unreachable));
            if (this.pools.size() > MANY_POOLS && !this.warnedOfMany) {
                this.warnedOfMany = true;
                many = true;
            }
        } finally {
            this.lock.unlock();
        }
        this.housekeeper.start();
        if (many) {
            log.warn(
                    "More than {} connection pools are in use. Clients share a pool if they have the same SSL bundle and "
                            + "address filter objects: build those once, not for each request.",
                    MANY_POOLS);
        }
        return pool;
    }

    /** {@return the state of every pool that has a client or an open connection} */
    public List<PoolSnapshot> snapshot() {
        return alive().stream().map(ConnectionPool::snapshot).toList();
    }

    /** Closes the idle connections whose TLS material was replaced; those in use are closed when they come back. */
    public void closeOutdated() {
        alive().forEach(ConnectionPool::closeOutdated);
    }

    /** Closes all idle connections. */
    void closeIdle() {
        alive().forEach(pool -> pool.closeIdle(0));
    }

    /** Aborts the calls that are running, and refuses those that wait for a connection. Later calls are served. */
    public void abortCalls() {
        alive().forEach(ConnectionPool::abortCalls);
        this.retryPauses.endAll();
    }

    /**
     * Closes all pools and ends their housekeeping. Idle connections are closed; calls that are still running are
     * aborted, and named in the log. Calls that come later are refused.
     */
    @Override
    public void close() {
        List<ConnectionPool> open = locked(() -> {
            List<ConnectionPool> alive = alive();
            this.closed = true;
            this.pools.clear();
            return alive;
        });
        this.retryPauses.close();
        for (ConnectionPool pool : open) {
            int aborted = pool.close();
            if (aborted > 0) {
                log.warn(
                        "Client '{}' was closed while {} of its calls were running; they are aborted",
                        pool.client(),
                        aborted);
            }
        }
        this.callTimer.close();
        this.lookups.close();
        this.housekeeper.awaitEnd();
    }

    private List<ConnectionPool> alive() {
        return locked(() -> {
            purge();
            return this.pools.values().stream()
                    .map(PoolReference::get)
                    .filter(Objects::nonNull)
                    .toList();
        });
    }

    private boolean hasPools() {
        return locked(() -> {
            purge();
            return !this.pools.isEmpty();
        });
    }

    private <T> T locked(Supplier<T> action) {
        this.lock.lock();
        try {
            return action.get();
        } finally {
            this.lock.unlock();
        }
    }

    private void purge() {
        Reference<? extends ConnectionPool> gone;
        boolean any = false;
        while ((gone = this.unreachable.poll()) != null) {
            PoolReference reference = (PoolReference) gone;
            any |= this.pools.remove(reference.key, reference);
        }
        if (any && this.pools.isEmpty()) {
            this.housekeeper.wake();
        }
    }

    /** Clients hold their pool, and the housekeeper holds one with idle connections; nobody else has to. */
    private static final class PoolReference extends WeakReference<ConnectionPool> {

        private final PoolKey key;

        PoolReference(PoolKey key, ConnectionPool pool, ReferenceQueue<ConnectionPool> queue) {
            super(pool, queue);
            this.key = key;
        }
    }
}
