// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import io.evenkeel.policy.ProxySettings;
import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.policy.breaker.BreakerSettings;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * Keys under {@code evenkeel}. {@code SettingsCheck} refuses what is wrong with them.
 *
 * @param enabled Whether Evenkeel carries the HTTP clients. Without it they are as Spring Boot makes them.
 * @param unknownKeys What becomes of a key below 'evenkeel' that does not exist.
 * @param pool limits of the pools
 * @param replay replay of requests
 * @param idempotencyHeader Header by which the server recognizes a request that it has executed. A request of any method
 *     that carries it may be sent twice.
 * @param retry retries of requests
 * @param circuitBreaker circuit breakers
 * @param callTimeout Time for a call as a whole, from waiting for a connection to the last byte of the response, with redirects,
 *     replays and retries. 0 is none.
 * @param writeTimeout Time without a byte taken by the server while a request is written. 0 is none.
 * @param deadline deadlines that travel
 * @param maxInterimResponses Number of interim responses, such as 102 and 103, before the final one. 0 makes each of them
 *     an error.
 * @param maxResponseHeaders Number of header lines in the head of a response.
 * @param maxResponseHeadSize Size of the head of a response, status line and header lines together.
 * @param maxResponseSize Size of the content of a response, decompressed, also with an error status. Without it there is no limit.
 * @param maxDecompressionRatio How many times as large as it was compressed the content of a response may become, beyond
 *     its first 10MB. 0 is no limit.
 * @param unknownContentEncoding What becomes of the content of a response in a coding that the client cannot decode.
 * @param proxy HTTP proxy
 * @param shutdown shutdown of the application
 * @param executors Executors of the application, beans by these names.
 * @param metrics metrics
 * @param clients Clients of the application with settings of their own, by name.
 */
@ConfigurationProperties("evenkeel")
public record EvenkeelProperties(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("refuse") UnknownKeys unknownKeys,
        @DefaultValue Pool pool,
        @DefaultValue Replay replay,
        @DefaultValue("Idempotency-Key") String idempotencyHeader,
        @DefaultValue Retry retry,
        @DefaultValue CircuitBreaker circuitBreaker,
        @DefaultValue("0s") Duration callTimeout,
        @DefaultValue Deadline deadline,
        @DefaultValue("30s") Duration writeTimeout,
        @DefaultValue("20") int maxInterimResponses,
        @DefaultValue("100") int maxResponseHeaders,
        @DefaultValue("64KB") DataSize maxResponseHeadSize,
        @Nullable DataSize maxResponseSize,
        @DefaultValue("250") int maxDecompressionRatio,
        @DefaultValue("pass") ResponseLimits.UnknownCoding unknownContentEncoding,
        @DefaultValue Proxy proxy,
        @DefaultValue Shutdown shutdown,
        @DefaultValue Map<String, Executor> executors,
        @DefaultValue Metrics metrics,
        @DefaultValue Map<String, ClientSection> clients) {

    /** What becomes of keys that do not exist. */
    public enum UnknownKeys {

        /** They stop the start. */
        REFUSE,

        /** They are named in the log. */
        WARN
    }

    /**
     * Limits of the connection pools.
     *
     * @param maxSize Number of connections kept for reuse, per route. 0 keeps none.
     * @param maxOverflow Number of connections that may be open at once above 'max-size', per route. 0 makes callers
     *     wait in line.
     * @param overflowLinger Time that a connection above 'max-size' waits for the next request before it is closed. 0
     *     closes it when it is returned.
     * @param maxIdle Number of idle connections over all routes, the oldest go first.
     * @param acquireTimeout Longest wait for a connection when all are in use. 0 turns calls away at once.
     * @param idleTimeout Longest idle time of a connection that is used again, while the timeout of the server is
     *     unknown.
     * @param maxIdleTimeout Longest idle time of a connection that is used again, once the timeout of the server is
     *     known.
     * @param learnIdleTimeout Whether the idle timeout of the server is learned from what its connections live through.
     * @param maxLifetime Age above which a connection is not used again, spread by 10 % either way.
     */
    public record Pool(
            @DefaultValue("1") int maxSize,
            @DefaultValue("99") int maxOverflow,
            @DefaultValue("500ms") Duration overflowLinger,
            @DefaultValue("200") int maxIdle,
            @DefaultValue("10s") Duration acquireTimeout,
            @DefaultValue("4s") Duration idleTimeout,
            @DefaultValue("60s") Duration maxIdleTimeout,
            @DefaultValue("true") boolean learnIdleTimeout,
            @DefaultValue("5m") Duration maxLifetime) {}

    /**
     * Deadlines that travel.
     *
     * @param acceptHeader Header of a request to this application that says how much time its caller has left. The calls that are made
     *     to answer it end then. Without it none is accepted.
     * @param acceptUnit Unit of that header.
     * @param min With less time left, calls are not begun.
     * @param sendHeader Header that tells a server what is left of the deadline of the call. Without it none is sent.
     * @param sendUnit Unit of that header.
     */
    public record Deadline(
            @Nullable String acceptHeader,
            @DefaultValue("seconds") TravellingDeadline.Unit acceptUnit,
            @DefaultValue("0s") Duration min,
            @Nullable String sendHeader,
            @DefaultValue("seconds") TravellingDeadline.Unit sendUnit) {}

    /**
     * Replay of requests.
     *
     * @param enabled Whether a request that is idempotent, or carries the idempotency header, is sent once more when
     *     its reused connection broke before any response.
     */
    public record Replay(@DefaultValue("true") boolean enabled) {}

    /**
     * Retries of requests.
     *
     * @param enabled Whether a request that failed, or was answered with one of 'statuses', is sent again after a wait. It has to be
     *     idempotent, or to carry the idempotency header, unless nothing of it was sent.
     * @param maxRetries Number of requests after the first one, per call.
     * @param statuses Statuses of responses after which a request is sent again. An empty list leaves failures of the network.
     * @param delay Longest wait before the first retry, doubled for each one after it. The wait is a random part of it.
     * @param maxDelay Longest wait that the server has not asked for.
     * @param maxRetryAfter Longest wait that the server may ask for. If it asks for more, its response is handed out. 0 never waits
     *     as it asks.
     * @param attemptTimeout Limit of the response head of one attempt. 0 is the read timeout.
     * @param budget how many retries there may be
     */
    public record Retry(
            @DefaultValue("false") boolean enabled,
            @DefaultValue("2") int maxRetries,
            @DefaultValue({"429", "502", "503", "504"}) List<@Nullable Integer> statuses,
            @DefaultValue("100ms") Duration delay,
            @DefaultValue("5s") Duration maxDelay,
            @DefaultValue("10s") Duration maxRetryAfter,
            @DefaultValue("0s") Duration attemptTimeout,
            @DefaultValue Budget budget) {}

    /**
     * How many retries there may be, per route.
     *
     * @param burst Number of retries before any success, and at most.
     * @param ratio Part of a retry that each success allows.
     */
    public record Budget(
            @DefaultValue("10") int burst,
            @DefaultValue("0.1") double ratio) {}

    /**
     * Circuit breakers. Their names and meaning are those of Resilience4j.
     *
     * @param enabled Whether nothing is sent for a while to where too many attempts have failed. By default where retries are on.
     * @param perRoute Whether each route has a breaker of its own. Without it, a client has one for all.
     * @param failureRateThreshold Failed attempts, in percent, that open a breaker.
     * @param slidingWindowType Unit of the window in which attempts are counted.
     * @param slidingWindowSize Size of that window, in attempts or in seconds.
     * @param minimumNumberOfCalls Number of attempts in the window before a rate means anything.
     * @param permittedNumberOfCallsInHalfOpenState Number of attempts that decide whether an open breaker closes again.
     * @param waitDurationInOpenState Time until the first of them, spread by 20 % either way.
     * @param slowCallDurationThreshold Time after which an attempt counts as slow. With 0 none is.
     * @param slowCallRateThreshold Slow attempts, in percent, that open a breaker.
     */
    public record CircuitBreaker(
            @Nullable Boolean enabled,
            @DefaultValue("true") boolean perRoute,
            @DefaultValue("50") double failureRateThreshold,
            @DefaultValue("count_based") BreakerSettings.WindowType slidingWindowType,
            @DefaultValue("20") int slidingWindowSize,
            @DefaultValue("20") int minimumNumberOfCalls,
            @DefaultValue("3") int permittedNumberOfCallsInHalfOpenState,
            @DefaultValue("5s") Duration waitDurationInOpenState,
            @DefaultValue("0s") Duration slowCallDurationThreshold,
            @DefaultValue("100") double slowCallRateThreshold) {

        /** {@return whether there are any, for a client that has these retries} */
        public boolean enabledWith(Retry retry) {
            return (this.enabled != null) ? this.enabled : retry.enabled();
        }
    }

    /**
     * HTTP proxy. Without a URL the proxy properties of the JVM apply.
     *
     * @param url URL of the proxy, such as 'http://proxy.example.com:3128'. By default the proxy properties of the JVM
     *     apply.
     * @param username User that the proxy knows.
     * @param password Password of that user.
     * @param nonProxyHosts Hosts that are called without the proxy, with an asterisk at the beginning or the end for any,
     *     such as '*.internal'. This machine always is, unless the list is empty.
     * @param addressFilter What becomes of an InetAddressFilter bean when a proxy resolves the names.
     */
    public record Proxy(
            @Nullable String url,
            @Nullable String username,
            @Nullable String password,
            @Nullable List<String> nonProxyHosts,
            @DefaultValue("refuse") ProxySettings.Filter addressFilter) {

        @Override
        public String toString() {
            return "Proxy[addressFilter=" + this.addressFilter + "]";
        }
    }

    /**
     * Shutdown of the application.
     *
     * @param timeout Time that requests in flight and the tasks of all executors have together, from the moment in which
     *     the application begins to close. 0 interrupts them at once.
     * @param exclude Names of the executor and scheduler beans that are not waited for.
     */
    public record Shutdown(
            @DefaultValue("25s") Duration timeout,
            @DefaultValue List<String> exclude) {}

    /**
     * An executor, a bean with the name that it has here. What is not set is as in 'spring.task.execution'.
     *
     * @param threads Kind of threads that it has.
     * @param pool size of the pool
     * @param threadNamePrefix Prefix of the names of its threads. By default the name of the executor and a dash.
     */
    public record Executor(
            @DefaultValue("auto") Threads threads,
            @DefaultValue ExecutorPool pool,
            @Nullable String threadNamePrefix) {}

    /** Kinds of threads. */
    public enum Threads {

        /** Virtual threads if {@code spring.threads.virtual.enabled} is set and the JDK has them. */
        AUTO,

        /** Platform threads. */
        PLATFORM,

        /** Virtual threads. */
        VIRTUAL
    }

    /**
     * Size of the pool of an executor.
     *
     * @param coreSize Number of tasks that run at once before others are queued.
     * @param maxSize Number of tasks that run at once when the queue is full.
     * @param queueCapacity Number of tasks that wait. 0 hands each task to a thread, or rejects it.
     * @param keepAlive Time that a thread without a task lives.
     */
    public record ExecutorPool(
            @Nullable Integer coreSize,
            @Nullable Integer maxSize,
            @Nullable Integer queueCapacity,
            @Nullable Duration keepAlive) {}

    /**
     * Metrics.
     *
     * @param perRoute Whether meters tell routes apart.
     * @param maxRoutes Number of routes with meters of their own. All others share the route 'other'.
     */
    public record Metrics(
            @DefaultValue("true") boolean perRoute,
            @DefaultValue("50") int maxRoutes) {}
}
