// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.KnownKeys;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which key an unknown one was meant to be: one that other libraries know by that name, one that differs by two letters
 * at most, or one of that name in another section. A wrong guess is worse than none.
 */
final class Suggestion {

    private static final String ROOT = "evenkeel.";
    private static final String BOOT = "spring.http.clients.";

    /** Keys for all clients that are not Evenkeel's own. */
    private static final List<String> OF_SPRING_BOOT =
            List.of("connect-timeout", "read-timeout", "redirects", "cookie-handling", "ssl.bundle");

    private static final int TYPING_ERRORS = 2;

    /** What settings of clients are called elsewhere (HikariCP, OkHttp, Apache HttpClient, Reactor Netty, Feign, Spring). */
    private static final String CLIENTS = """
            pool.max-size: pool.maximum-size pool.size max-idle-per-route max-idle-connections-per-route
            pool.max-overflow: pool.overflow
            pool.max-size pool.max-overflow: max-connections max-connections-per-route max-conn-per-route max-per-route
            pool.max-size pool.max-overflow: default-max-per-route max-total max-conn-total max-connections-total
            pool.max-size pool.max-overflow: max-pool-size maximum-pool-size pool-size max-active max-requests-per-host
            pool.max-idle: max-idle-connections max-idle-total idle-connections
            pool.acquire-timeout: pool.connection-timeout pool.timeout connection-request-timeout pending-acquire-timeout
            pool.acquire-timeout: pending-acquire-max-time max-wait max-wait-time max-wait-duration lease-timeout
            pool.idle-timeout: pool.idle-time pool.keep-alive keep-alive keep-alive-duration keep-alive-time max-idle-time
            pool.idle-timeout: keep-alive-timeout evict-idle-connections
            pool.max-lifetime: pool.lifetime max-life max-life-time max-age max-connection-age time-to-live ttl
            pool.max-lifetime: connection-time-to-live connection-ttl
            pool.overflow-linger: pool.linger
            replay.enabled: retry-on-connection-failure
            retry.max-retries: retry.max-attempts retry.attempts retry.retries retry.count max-retries max-attempts
            retry.statuses: retry.status retry.status-codes retry.retry-on retry.on-status retry.retryable-statuses
            retry.delay: retry.wait-duration retry.backoff retry.initial-delay retry.initial-interval retry.base-delay
            retry.max-delay: retry.max-interval retry.max-backoff retry.max-wait retry.max-wait-duration
            retry.max-retry-after: retry.retry-after
            retry.attempt-timeout: retry.per-try-timeout retry.per-attempt-timeout retry.try-timeout
            retry.budget.burst: retry.burst retry.budget.capacity retry.budget.tokens
            retry.budget.ratio: retry.ratio
            circuit-breaker.enabled: breaker.enabled breaker
            circuit-breaker.failure-rate-threshold: circuit-breaker.failure-rate circuit-breaker.failure-threshold
            circuit-breaker.failure-rate-threshold: circuit-breaker.failure-ratio circuit-breaker.failure-threshold-ratio
            circuit-breaker.sliding-window-size: circuit-breaker.window-size circuit-breaker.window
            circuit-breaker.sliding-window-size: circuit-breaker.ring-buffer-size-in-closed-state
            circuit-breaker.sliding-window-type: circuit-breaker.window-type
            circuit-breaker.minimum-number-of-calls: circuit-breaker.minimum-calls circuit-breaker.min-calls
            circuit-breaker.minimum-number-of-calls: circuit-breaker.request-volume-threshold circuit-breaker.minimum-throughput
            circuit-breaker.permitted-number-of-calls-in-half-open-state: circuit-breaker.half-open-calls
            circuit-breaker.permitted-number-of-calls-in-half-open-state: circuit-breaker.ring-buffer-size-in-half-open-state
            circuit-breaker.wait-duration-in-open-state: circuit-breaker.wait-duration circuit-breaker.open-duration
            circuit-breaker.wait-duration-in-open-state: circuit-breaker.delay circuit-breaker.reset-timeout
            circuit-breaker.slow-call-duration-threshold: circuit-breaker.slow-call-duration circuit-breaker.slow-duration
            circuit-breaker.slow-call-rate-threshold: circuit-breaker.slow-call-rate
            proxy.url: proxy.host proxy.port proxy.address proxy-url proxy-host proxy-port
            proxy.username: proxy.user proxy-username proxy-user
            proxy.password: proxy.pass proxy-password
            proxy.non-proxy-hosts: proxy.no-proxy no-proxy proxy.exclude
            base-url: url uri base-uri host endpoint
            connect-timeout: connection-timeout connect-time-out
            read-timeout: timeout socket-timeout so-timeout response-timeout read-time-out
            redirects: redirect follow-redirects follow-redirect follow
            cookie-handling: cookies cookie cookie-policy
            ssl.bundle: bundle ssl-bundle ssl.trust-store ssl.key-store ssl.truststore ssl.keystore tls.bundle
            default-header.<name>: default-headers header headers default-request-headers
            max-response-head-size: max-header-size max-response-header-size max-http-response-header-size
            max-response-headers: max-header-count max-headers
            max-response-size: max-body-size max-content-length max-content-size max-response-body-size max-in-memory-size
            max-decompression-ratio: max-compression-ratio compression-ratio decompression-ratio
            no-key: pool.min-size pool.min-idle
            """;

    private static final Map<String, String> OF_CLIENTS = table(CLIENTS);

    private static final Map<String, String> OF_EXECUTORS = table("""
            pool.core-size: core-pool-size pool-size pool.core pool.min-size min-threads
            pool.max-size: max-pool-size maximum-pool-size pool.size max-threads
            pool.queue-capacity: queue-size queue pool.queue-size pool.queue
            pool.keep-alive: keep-alive-seconds keep-alive-time pool.keep-alive-seconds pool.keep-alive-time
            thread-name-prefix: name-prefix prefix thread-prefix
            threads: thread virtual virtual-threads
            """);

    private static final Map<String, String> OF_ALL = table(CLIENTS + """
            shutdown.timeout: shutdown.grace-period shutdown.timeout-per-shutdown-phase shutdown.await-termination-period
            shutdown.timeout: shutdown-timeout
            shutdown.exclude: shutdown.excludes shutdown.ignore
            metrics.max-routes: metrics.routes metrics.max-uri-tags
            """);

    private final List<String> keys;

    Suggestion(KnownKeys known) {
        this.keys = known.toList();
    }

    /** {@return what to write instead, if that is clear; two keys if they do together what was meant} */
    Optional<List<String>> insteadOf(String key) {
        String[] elements = key.split("\\.", 4);
        if (elements.length == 4 && isNearly(elements[1], "clients")) {
            String path = elements[3];
            return find(KnownKeys.of("clients"), path, OF_CLIENTS)
                    .map(found -> prefixed("evenkeel.clients." + elements[2] + ".", found))
                    .or(() -> Optional.of(List.of(ROOT + path)).filter(this.keys::containsAll));
        }
        if (elements.length == 4 && isNearly(elements[1], "executors")) {
            return find(KnownKeys.of("executors"), elements[3], OF_EXECUTORS)
                    .map(found -> prefixed("evenkeel.executors." + elements[2] + ".", found));
        }
        String path = key.substring(ROOT.length());
        return find(ofAll(), path, OF_ALL)
                .map(found -> prefixed(OF_SPRING_BOOT.containsAll(found) ? BOOT : ROOT, found))
                .or(() -> ofClientWithoutPrefix(path));
    }

    private static boolean isNearly(String word, String other) {
        return EditDistance.between(word, other) <= TYPING_ERRORS;
    }

    private static List<String> prefixed(String prefix, List<String> keys) {
        return keys.stream().map(prefix::concat).toList();
    }

    private List<String> ofAll() {
        Stream<String> own = this.keys.stream()
                .filter(key -> !key.contains(KnownKeys.NAME))
                .map(key -> key.substring(ROOT.length()));
        return Stream.concat(own, OF_SPRING_BOOT.stream()).toList();
    }

    private static Optional<List<String>> find(List<String> keys, String path, Map<String, String> synonyms) {
        String[] parts = path.split("\\.", 2);
        String synonym = synonyms.get(ClientNames.relaxed(path));
        if (synonym == null && parts.length == 2) {
            // In a section that is unknown itself, such as one of another library, the same word means something else.
            String inSection = synonyms.getOrDefault(ClientNames.relaxed(parts[1]), "");
            synonym = inSection.startsWith(parts[0] + ".")
                    ? inSection
                    : ofMap(synonyms.get(ClientNames.relaxed(parts[0])), parts[1]);
        }
        if (synonym != null) {
            return Optional.of(List.of(synonym.split(" ", -1)))
                    .filter(found -> found.stream().allMatch(key -> isIn(keys, key)));
        }
        return similar(keys, path).or(() -> elsewhere(keys, path)).map(List::of);
    }

    private static @Nullable String ofMap(@Nullable String synonym, String name) {
        return (synonym != null && synonym.endsWith(KnownKeys.NAME)) ? synonym.replace(KnownKeys.NAME, name) : null;
    }

    private static boolean isIn(List<String> keys, String key) {
        return keys.contains(key) || keys.contains(key.substring(0, key.lastIndexOf('.') + 1) + KnownKeys.NAME);
    }

    private static Optional<String> similar(List<String> keys, String path) {
        String last = path.substring(path.lastIndexOf('.') + 1);
        int limit = Math.min(TYPING_ERRORS, path.length() / 3);
        return keys.stream()
                .map(key -> key.replace(KnownKeys.NAME, last))
                .filter(key -> distance(key, path) <= limit)
                .min(Comparator.comparingInt(key -> distance(key, path)));
    }

    private static int distance(String key, String path) {
        return EditDistance.between(ClientNames.relaxed(key), ClientNames.relaxed(path));
    }

    /** Finds a key that was written without its section, if there is but one of the name. */
    private static Optional<String> elsewhere(List<String> keys, String path) {
        List<String> found = keys.stream()
                .filter(key -> ClientNames.relaxed(key).endsWith("." + ClientNames.relaxed(path)))
                .toList();
        return (found.size() == 1) ? Optional.of(found.get(0)) : Optional.empty();
    }

    private Optional<List<String>> ofClientWithoutPrefix(String path) {
        String name = path.substring(0, path.indexOf('.') + 1);
        if (name.isEmpty()) {
            return Optional.empty();
        }
        return KnownKeys.of("clients").stream()
                .filter(ClientKeys::isOfSpringBoot)
                .filter(key -> ClientNames.relaxed(name + key).equals(ClientNames.relaxed(path)))
                .findFirst()
                .map(key -> List.of("evenkeel.clients." + name + key));
    }

    private static Map<String, String> table(String text) {
        Map<String, String> table = new HashMap<>();
        text.lines().map(line -> line.split(": ", -1)).forEach(line -> {
            for (String synonym : line[1].split(" ", -1)) {
                table.put(ClientNames.relaxed(synonym), line[0]);
            }
        });
        return table;
    }
}
