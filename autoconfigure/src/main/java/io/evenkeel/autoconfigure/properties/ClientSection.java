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
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.bind.Name;
import org.springframework.boot.http.client.HttpCookieHandling;
import org.springframework.boot.http.client.HttpRedirects;
import org.springframework.util.unit.DataSize;

/**
 * A client with settings of its own, a bean named after it. What is not set is as in
 * 'spring.http.serviceclient.&lt;name&gt;', and then as for all clients. This says which keys there are and what is
 * written, so it has no defaults; {@code Settings} reads what applies.
 *
 * @param baseUrl URL that the paths of requests are added to.
 * @param defaultHeader Headers that requests have if they do not set them.
 * @param apiversion version of the API
 * @param connectTimeout Limit of connecting, all addresses and TLS together. 0 is none.
 * @param readTimeout Limit of a response head as a whole, and of each read of a body. 0 is none.
 * @param redirects Handling of redirects.
 * @param cookieHandling Handling of cookies.
 * @param ssl keys and trust
 * @param enabled Whether Evenkeel carries this client. Without it, it is as Spring Boot makes it.
 * @param pool limits of its pools
 * @param replay replay of its requests
 * @param idempotencyHeader Header by which the server recognizes a request that it has executed.
 * @param retry retries of its requests
 * @param circuitBreaker its circuit breakers
 * @param callTimeout Time for a call as a whole, to the last byte of the response. 0 is none.
 * @param writeTimeout Time without a byte taken by the server while a request is written. 0 is none.
 * @param deadline its deadlines that travel
 * @param maxInterimResponses Number of interim responses, such as 102 and 103, before the final one.
 * @param maxResponseHeaders Number of header lines in the head of a response.
 * @param maxResponseHeadSize Size of the head of a response, status line and header lines together.
 * @param maxResponseSize Size of the content of a response, decompressed, also with an error status.
 * @param maxDecompressionRatio How many times as large as it was compressed the content of a response may become, beyond
 *     its first 10MB. 0 is no limit.
 * @param unknownContentEncoding What becomes of content in a coding that the client cannot decode.
 * @param proxy its HTTP proxy
 */
public record ClientSection(
        @Nullable String baseUrl,
        @DefaultValue Map<String, List<String>> defaultHeader,
        @DefaultValue Apiversion apiversion,
        @Nullable Duration connectTimeout,
        @Nullable Duration readTimeout,
        @Nullable HttpRedirects redirects,
        @Nullable HttpCookieHandling cookieHandling,
        @DefaultValue Ssl ssl,
        @Nullable Boolean enabled,
        @Nullable Pool pool,
        @Nullable Replay replay,
        @Nullable String idempotencyHeader,
        @Nullable Retry retry,
        @Nullable CircuitBreaker circuitBreaker,
        @Nullable Duration callTimeout,
        @Nullable Deadline deadline,
        @Nullable Duration writeTimeout,
        @Nullable Integer maxInterimResponses,
        @Nullable Integer maxResponseHeaders,
        @Nullable DataSize maxResponseHeadSize,
        @Nullable DataSize maxResponseSize,
        @Nullable Integer maxDecompressionRatio,
        ResponseLimits.@Nullable UnknownCoding unknownContentEncoding,
        @Nullable Proxy proxy) {

    /**
     * Limits of the connection pools of a client.
     *
     * @param maxSize Number of connections kept for reuse, per route. 0 keeps none.
     * @param maxOverflow Number of connections that may be open at once above 'max-size', per route. 0 makes callers
     *     wait in line.
     * @param overflowLinger Time that a connection above 'max-size' waits for the next request before it is closed.
     *     0 closes it when it is returned.
     * @param maxIdle Number of idle connections over all routes, the oldest go first.
     * @param acquireTimeout Longest wait for a connection when all are in use. 0 turns calls away at once.
     * @param idleTimeout Longest idle time of a connection that is used again, while the timeout of the server is
     *     unknown.
     * @param maxIdleTimeout Longest idle time of a connection that is used again, once the timeout of the server is
     *     known.
     * @param learnIdleTimeout Whether the idle timeout of the server is learned from what its connections live
     *     through.
     * @param maxLifetime Age above which a connection is not used again, spread by 10 % either way.
     */
    public record Pool(
            @Nullable Integer maxSize,
            @Nullable Integer maxOverflow,
            @Nullable Duration overflowLinger,
            @Nullable Integer maxIdle,
            @Nullable Duration acquireTimeout,
            @Nullable Duration idleTimeout,
            @Nullable Duration maxIdleTimeout,
            @Nullable Boolean learnIdleTimeout,
            @Nullable Duration maxLifetime) {}

    /**
     * Deadlines of a client that travel.
     *
     * @param sendHeader Header that tells a server what is left of the deadline of the call.
     * @param sendUnit Unit of that header.
     */
    public record Deadline(@Nullable String sendHeader, TravellingDeadline.@Nullable Unit sendUnit) {}

    /**
     * Replay of the requests of a client.
     *
     * @param enabled Whether a request that is idempotent, or carries the idempotency header, is sent once more when
     *     its reused connection broke before any response.
     */
    public record Replay(@Nullable Boolean enabled) {}

    /**
     * Retries of the requests of a client.
     *
     * @param enabled Whether a request that failed, or was answered with one of 'statuses', is sent again after a wait. It has to be
     *     idempotent, or to carry the idempotency header, unless nothing of it was sent.
     * @param maxRetries Number of requests after the first one, per call.
     * @param statuses Statuses of responses after which a request is sent again.
     * @param delay Longest wait before the first retry, doubled for each one after it. The wait is a random part of it.
     * @param maxDelay Longest wait that the server has not asked for.
     * @param maxRetryAfter Longest wait that the server may ask for. If it asks for more, its response is handed out.
     * @param attemptTimeout Limit of the response head of one attempt. 0 is the read timeout.
     * @param budget how many retries there may be
     */
    public record Retry(
            @Nullable Boolean enabled,
            @Nullable Integer maxRetries,
            @Nullable List<@Nullable Integer> statuses,
            @Nullable Duration delay,
            @Nullable Duration maxDelay,
            @Nullable Duration maxRetryAfter,
            @Nullable Duration attemptTimeout,
            @Nullable Budget budget) {}

    /**
     * How many retries of the requests of a client there may be, per route.
     *
     * @param burst Number of retries before any success, and at most.
     * @param ratio Part of a retry that each success allows.
     */
    public record Budget(@Nullable Integer burst, @Nullable Double ratio) {}

    /**
     * Circuit breakers of a client.
     *
     * @param enabled Whether nothing is sent for a while to where too many attempts have failed. By default if its retries are on.
     * @param perRoute Whether each route has a breaker of its own. Without it, there is one for the client.
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
            @Nullable Boolean perRoute,
            @Nullable Double failureRateThreshold,
            BreakerSettings.@Nullable WindowType slidingWindowType,
            @Nullable Integer slidingWindowSize,
            @Nullable Integer minimumNumberOfCalls,
            @Nullable Integer permittedNumberOfCallsInHalfOpenState,
            @Nullable Duration waitDurationInOpenState,
            @Nullable Duration slowCallDurationThreshold,
            @Nullable Double slowCallRateThreshold) {}

    /**
     * HTTP proxy of a client.
     *
     * @param url URL of the proxy, such as 'http://proxy.example.com:3128'.
     * @param username User that the proxy knows.
     * @param password Password of that user.
     * @param nonProxyHosts Hosts that are called without the proxy, with an asterisk at the beginning or the end for
     *     any, such as '*.internal'.
     * @param addressFilter What becomes of an InetAddressFilter bean when a proxy resolves the names.
     */
    public record Proxy(
            @Nullable String url,
            @Nullable String username,
            @Nullable String password,
            @Nullable List<String> nonProxyHosts,
            ProxySettings.@Nullable Filter addressFilter) {

        @Override
        public String toString() {
            return "Proxy[addressFilter=" + this.addressFilter + "]";
        }
    }

    /**
     * Version of an API.
     *
     * @param defaultVersion Version that requests ask for if they do not set one.
     * @param insert where requests say it
     */
    public record Apiversion(
            @Name("default") @Nullable String defaultVersion,
            @DefaultValue ApiversionInsert insert) {}

    /**
     * Where requests say which version they want.
     *
     * @param header Name of a header.
     * @param queryParameter Name of a query parameter.
     * @param pathSegment Index of a segment of the path.
     * @param mediaTypeParameter Name of a parameter of the media type.
     */
    public record ApiversionInsert(
            @Nullable String header,
            @Nullable String queryParameter,
            @Nullable Integer pathSegment,
            @Nullable String mediaTypeParameter) {}

    /**
     * Keys and trust of a client.
     *
     * @param bundle Name of an SSL bundle.
     */
    public record Ssl(@Nullable String bundle) {}
}
