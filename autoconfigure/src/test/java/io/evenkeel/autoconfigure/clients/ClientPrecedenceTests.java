// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.KnownKeys;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.client.DefaultSettings;
import io.evenkeel.client.NamedClients;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.TravellingDeadline;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/**
 * Which of two values applies to a client: the one of the client before that of its HTTP service group, and that before
 * the one of all clients, whatever the source of each. In each test the one that has to win is in a file, and the other
 * one in an environment variable, which would win if they were one key.
 */
class ClientPrecedenceTests {

    private static final String BUNDLES = "spring.ssl.bundle.jks.";

    @ParameterizedTest
    @EnumSource
    void theDefaultAppliesIfNothingIsWritten(Key key) {
        run(key, file("evenkeel.clients.my-group.enabled", "true"), key.builtIn);
    }

    @ParameterizedTest
    @EnumSource
    void aKeyOfTheClientApplies(Key key) {
        run(key, file(key.ofClient(), key.first), key.first);
    }

    @ParameterizedTest
    @EnumSource
    void anEnvironmentVariableOfTheClientApplies(Key key) {
        run(key, client().andThen(variable(key.ofClient(), key.second)), key.second);
    }

    @ParameterizedTest
    @EnumSource
    void anEnvironmentVariableBeatsAFileIfTheKeyIsTheSame(Key key) {
        run(key, file(key.ofClient(), key.first).andThen(variable(key.ofClient(), key.second)), key.second);
    }

    @ParameterizedTest
    @EnumSource
    void relaxedNamesAreTheSameKey(Key key) {
        String relaxed = "evenkeel.clients.my-group." + camelCase(key.name);
        run(key, client().andThen(property(relaxed, key.second)), key.second);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.MATCH_NONE,
            names =
                    "POOL.*|REPLAY|RETRY.*|BREAKER.*|PROXY.*|IDEMPOTENCY.*|RESPONSE.*|DECOMPRESSION.*|DEADLINE.*|CALL.*|WRITE.*|INTERIM.*|UNKNOWN.*")
    void theClientBeatsItsGroup(Key key) {
        run(key, file(key.ofClient(), key.first).andThen(variable(key.ofGroup(), key.second)), key.first);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.MATCH_NONE,
            names =
                    "POOL.*|REPLAY|RETRY.*|BREAKER.*|PROXY.*|IDEMPOTENCY.*|RESPONSE.*|DECOMPRESSION.*|DEADLINE.*|CALL.*|WRITE.*|INTERIM.*|UNKNOWN.*")
    void theGroupAppliesWhereTheClientIsSilent(Key key) {
        run(key, client().andThen(variable(key.ofGroup(), key.second)), key.second);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "BASE_URL|HEADER|API.*")
    void theClientBeatsAll(Key key) {
        run(key, file(key.ofClient(), key.first).andThen(variable(key.ofAll(), key.second)), key.first);
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.MATCH_NONE, names = "BASE_URL|HEADER|API.*")
    void allApplyWhereTheClientIsSilent(Key key) {
        run(key, client().andThen(variable(key.ofAll(), key.second)), key.second);
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.MATCH_NONE,
            names =
                    "POOL.*|REPLAY|RETRY.*|BREAKER.*|PROXY.*|IDEMPOTENCY.*|RESPONSE.*|DECOMPRESSION.*|DEADLINE.*|CALL.*|WRITE.*|INTERIM.*|UNKNOWN.*|BASE_URL|HEADER|API.*")
    void theGroupBeatsAll(Key key) {
        run(
                key,
                client().andThen(file(key.ofGroup(), key.first)).andThen(variable(key.ofAll(), key.second)),
                key.first);
    }

    @Test
    void eachKeyOfAClientIsHere() {
        // Those that cannot be alone, and what switches all of them off, have tests of their own.
        assertThat(KnownKeys.of("clients"))
                .filteredOn(key -> !Set.of(
                                "enabled",
                                "deadline.send-unit",
                                "proxy.username",
                                "proxy.password",
                                "proxy.non-proxy-hosts")
                        .contains(key))
                .map(key -> key.replace(KnownKeys.NAME, "tenant"))
                .containsExactlyInAnyOrderElementsOf(
                        Stream.of(Key.values()).map(key -> key.name).toList());
    }

    @Test
    void headersAreMergedOneByOne() {
        Contexts.plain()
                .withInitializer(Environments.yaml("""
                                evenkeel.clients.my-group.default-header: {X-One: client, X-Two: client}
                                spring.http.serviceclient.my-group.default-header: {x-two: group, X-Three: 'group, group'}
                                """))
                .run(context -> assertThat(context.getBean(Settings.class)
                                .client("my-group")
                                .http()
                                .getDefaultHeader())
                        .isEqualTo(Map.of(
                                "X-One", List.of("client"),
                                "X-Two", List.of("client"),
                                "X-Three", List.of("group", "group"))));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ssl",
                "apiversion",
                "apiversion.insert",
                "default-header",
                "pool",
                "replay",
                "retry",
                "retry.budget",
                "circuit-breaker",
                "proxy"
            })
    void aSectionWithoutKeysSaysNothing(String section) {
        Contexts.plain()
                .withPropertyValues(BUNDLES + "one.truststore.location=classpath:none.jks")
                .withInitializer(Environments.yaml("""
                        spring.http.serviceclient.my-group: {ssl.bundle: one, apiversion.insert.header: v-one}
                        spring.http.serviceclient.my-group.default-header.tenant: one
                        evenkeel.pool.max-size: 2
                        evenkeel.replay.enabled: false
                        evenkeel.clients.my-group.%s:
                        """.formatted(section)))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(Key.SSL_BUNDLE.read(context, "my-group")).isEqualTo("one");
                    assertThat(Key.API_VERSION_HEADER.read(context, "my-group")).isEqualTo("v-one");
                    assertThat(Key.HEADER.read(context, "my-group")).isEqualTo("one");
                    assertThat(Key.POOL_MAX_SIZE.read(context, "my-group")).isEqualTo("2");
                    assertThat(Key.REPLAY.read(context, "my-group")).isEqualTo("false");
                });
    }

    @Test
    void anEnvironmentVariableOfAHeaderMakesNoSecondHeader() {
        Contexts.plain()
                .withInitializer(Environments.yaml("evenkeel.clients.myGroup.default-header.X-Api-Key: file"))
                .withInitializer(Environments.variables(
                        "EVENKEEL_CLIENTS_MYGROUP_DEFAULTHEADER_XAPIKEY",
                        "variable",
                        "EVENKEEL_CLIENTS_MYGROUP_DEFAULTHEADER_TENANT",
                        "variable"))
                .run(context -> assertThat(context.getBean(Settings.class)
                                .client("myGroup")
                                .http()
                                .getDefaultHeader())
                        .isEqualTo(Map.of("X-Api-Key", List.of("variable"), "tenant", List.of("variable"))));
    }

    @Test
    void aClientThatOnlyEnvironmentVariablesSpeakOfHasItsNameInLowerCase() {
        Contexts.plain()
                .withInitializer(Environments.variables("EVENKEEL_CLIENTS_MYGROUP_READTIMEOUT", "7s"))
                .run(context -> {
                    assertThat(context).hasBean("mygroupRestClient");
                    assertThat(Key.READ_TIMEOUT.read(context, "mygroup")).isEqualTo("7s");
                });
    }

    @Test
    void placeholdersAreResolved() {
        Contexts.plain()
                .withPropertyValues(
                        "size=7",
                        "evenkeel.clients.my-group.pool.max-size=${size}",
                        "host=example.com",
                        "evenkeel.clients.my-group.base-url=https://${host}")
                .run(context -> {
                    assertThat(Key.POOL_MAX_SIZE.read(context, "my-group")).isEqualTo("7");
                    assertThat(Key.BASE_URL.read(context, "my-group")).isEqualTo("https://example.com");
                });
    }

    private static void run(
            Key key, Function<ApplicationContextRunner, ApplicationContextRunner> written, String expected) {
        ApplicationContextRunner runner = Contexts.plain()
                .withPropertyValues(
                        BUNDLES + "one.truststore.location=classpath:none.jks",
                        BUNDLES + "two.truststore.location=classpath:none.jks");
        // The other settings of retries need them, and so do those of breakers.
        boolean ofRetries =
                (key.name.startsWith("retry.") || key.name.startsWith("circuit-breaker.")) && key != Key.RETRY;
        ApplicationContextRunner withRetries =
                ofRetries ? runner.withPropertyValues("evenkeel.retry.enabled=true") : runner;
        ApplicationContextRunner base = (key == Key.BREAKER_SLOW_RATE)
                ? withRetries.withPropertyValues("evenkeel.circuit-breaker.slow-call-duration-threshold=1s")
                : withRetries;
        written.apply(base).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(NamedClients.class).names()).containsExactly("my-group");
            assertThat(key.read(context, "my-group")).isEqualTo(expected);
        });
    }

    private static Function<ApplicationContextRunner, ApplicationContextRunner> client() {
        return file("evenkeel.clients.my-group", "{}");
    }

    private static Function<ApplicationContextRunner, ApplicationContextRunner> file(String key, String value) {
        return runner -> runner.withInitializer(Environments.yaml(key + ": " + value));
    }

    private static Function<ApplicationContextRunner, ApplicationContextRunner> property(String key, String value) {
        return runner -> runner.withPropertyValues(key + "=" + value);
    }

    private static Function<ApplicationContextRunner, ApplicationContextRunner> variable(String key, String value) {
        String name = key.replace("-", "").replace('.', '_').toUpperCase(Locale.ROOT);
        return runner -> runner.withInitializer(Environments.variables(name, value));
    }

    private static String camelCase(String key) {
        return Arrays.stream(key.split("-"))
                .reduce((one, other) -> one + other.substring(0, 1).toUpperCase(Locale.ROOT) + other.substring(1))
                .orElseThrow();
    }

    /** Keys of each kind: their name below a client and for all clients, the default, and two other values. */
    enum Key {
        CONNECT_TIMEOUT("connect-timeout", "spring.http.clients.", "2s", "3s", "4s"),
        READ_TIMEOUT("read-timeout", "spring.http.clients.", "30s", "5s", "6s"),
        REDIRECTS("redirects", "spring.http.clients.", "null", "follow", "dont_follow"),
        COOKIES("cookie-handling", "spring.http.clients.", "disable", "enable", "enable_when_possible"),
        SSL_BUNDLE("ssl.bundle", "spring.http.clients.", "null", "one", "two"),
        BASE_URL("base-url", "", "null", "http://one", "http://two"),
        HEADER("default-header.tenant", "", "null", "one", "two"),
        API_VERSION("apiversion.default", "", "null", "1", "2"),
        API_VERSION_HEADER("apiversion.insert.header", "", "null", "v-one", "v-two"),
        API_VERSION_QUERY("apiversion.insert.query-parameter", "", "null", "v-one", "v-two"),
        API_VERSION_SEGMENT("apiversion.insert.path-segment", "", "null", "1", "2"),
        API_VERSION_MEDIA_TYPE("apiversion.insert.media-type-parameter", "", "null", "v-one", "v-two"),
        POOL_MAX_SIZE("pool.max-size", "evenkeel.", "1", "2", "3"),
        POOL_ACQUIRE_TIMEOUT("pool.acquire-timeout", "evenkeel.", "10s", "5s", "6s"),
        POOL_MAX_OVERFLOW("pool.max-overflow", "evenkeel.", "99", "5", "6"),
        POOL_OVERFLOW_LINGER("pool.overflow-linger", "evenkeel.", "500ms", "1s", "2s"),
        POOL_MAX_IDLE("pool.max-idle", "evenkeel.", "200", "50", "60"),
        POOL_IDLE_TIMEOUT("pool.idle-timeout", "evenkeel.", "4s", "5s", "6s"),
        POOL_MAX_IDLE_TIMEOUT("pool.max-idle-timeout", "evenkeel.", "60s", "50s", "40s"),
        POOL_MAX_LIFETIME("pool.max-lifetime", "evenkeel.", "5m", "3m", "4m"),
        POOL_LEARN_IDLE_TIMEOUT("pool.learn-idle-timeout", "evenkeel.", "true", "false", "true"),
        REPLAY("replay.enabled", "evenkeel.", "true", "false", "true"),
        RETRY("retry.enabled", "evenkeel.", "false", "true", "false"),
        RETRY_MAX_RETRIES("retry.max-retries", "evenkeel.", "2", "1", "3"),
        RETRY_STATUSES("retry.statuses", "evenkeel.", "429,502,503,504", "503", "429,500"),
        RETRY_DELAY("retry.delay", "evenkeel.", "100ms", "200ms", "300ms"),
        RETRY_MAX_DELAY("retry.max-delay", "evenkeel.", "5s", "3s", "4s"),
        RETRY_MAX_RETRY_AFTER("retry.max-retry-after", "evenkeel.", "10s", "0", "5s"),
        RETRY_ATTEMPT_TIMEOUT("retry.attempt-timeout", "evenkeel.", "0", "2s", "3s"),
        RETRY_BURST("retry.budget.burst", "evenkeel.", "10", "20", "30"),
        RETRY_RATIO("retry.budget.ratio", "evenkeel.", "0.1", "0.2", "1.0"),
        BREAKER("circuit-breaker.enabled", "evenkeel.", "true", "false", "true"),
        BREAKER_PER_ROUTE("circuit-breaker.per-route", "evenkeel.", "true", "false", "true"),
        BREAKER_FAILURE_RATE("circuit-breaker.failure-rate-threshold", "evenkeel.", "50.0", "40.0", "60.0"),
        BREAKER_WINDOW_TYPE(
                "circuit-breaker.sliding-window-type", "evenkeel.", "count_based", "time_based", "count_based"),
        BREAKER_WINDOW_SIZE("circuit-breaker.sliding-window-size", "evenkeel.", "20", "30", "40"),
        BREAKER_MINIMUM("circuit-breaker.minimum-number-of-calls", "evenkeel.", "20", "10", "15"),
        BREAKER_PERMITTED("circuit-breaker.permitted-number-of-calls-in-half-open-state", "evenkeel.", "3", "1", "2"),
        BREAKER_WAIT("circuit-breaker.wait-duration-in-open-state", "evenkeel.", "5s", "3s", "4s"),
        BREAKER_SLOW_DURATION("circuit-breaker.slow-call-duration-threshold", "evenkeel.", "0", "1s", "2s"),
        BREAKER_SLOW_RATE("circuit-breaker.slow-call-rate-threshold", "evenkeel.", "100.0", "90.0", "80.0"),
        PROXY_URL("proxy.url", "evenkeel.", "null", "http://one:1", "http://two:1"),
        PROXY_FILTER("proxy.address-filter", "evenkeel.", "refuse", "report", "refuse"),
        IDEMPOTENCY_HEADER("idempotency-header", "evenkeel.", "Idempotency-Key", "X-One", "X-Two"),
        RESPONSE_HEADERS("max-response-headers", "evenkeel.", "100", "200", "300"),
        RESPONSE_HEAD_SIZE("max-response-head-size", "evenkeel.", "65536B", "2048B", "4096B"),
        DEADLINE_HEADER("deadline.send-header", "evenkeel.", "null", "X-One", "X-Two"),
        RESPONSE_SIZE("max-response-size", "evenkeel.", "0B", "2048B", "4096B"),
        DECOMPRESSION_RATIO("max-decompression-ratio", "evenkeel.", "250", "100", "0"),
        WRITE_TIMEOUT("write-timeout", "evenkeel.", "30s", "8s", "9s"),
        CALL_TIMEOUT("call-timeout", "evenkeel.", "0", "8s", "9s"),
        INTERIM_RESPONSES("max-interim-responses", "evenkeel.", "20", "0", "30"),
        UNKNOWN_CODING("unknown-content-encoding", "evenkeel.", "pass", "refuse", "pass");

        private final String name;
        private final String all;
        private final String builtIn;
        private final String first;
        private final String second;

        Key(String name, String all, String builtIn, String first, String second) {
            this.name = name;
            this.all = all;
            this.builtIn = builtIn;
            this.first = first;
            this.second = second;
        }

        String ofClient() {
            return "evenkeel.clients.my-group." + this.name;
        }

        String ofGroup() {
            return "spring.http.serviceclient.my-group." + this.name;
        }

        String ofAll() {
            return this.all + this.name;
        }

        String read(AssertableApplicationContext context, String client) {
            ClientProperties configured = context.getBean(Settings.class).client(client);
            ClientOptions options = Objects.requireNonNull(SettingsMapper.map(configured));
            HttpClientSettings settings = DefaultSettings.fillIn(
                    context.getBean(ClientRequestFactories.class).settings(configured));
            return switch (this) {
                case CONNECT_TIMEOUT -> DurationText.of(Objects.requireNonNull(settings.connectTimeout()));
                case READ_TIMEOUT -> DurationText.of(Objects.requireNonNull(settings.readTimeout()));
                case REDIRECTS -> text(settings.redirects());
                case COOKIES -> text(settings.cookieHandling());
                case SSL_BUNDLE ->
                    Stream.of("one", "two")
                            .filter(name -> context.getBean(SslBundles.class).getBundle(name) == settings.sslBundle())
                            .findFirst()
                            .orElse("null");
                case BASE_URL -> text(configured.http().getBaseUrl());
                case HEADER ->
                    configured.http().getDefaultHeader().values().stream()
                            .map(values -> values.get(0))
                            .findFirst()
                            .orElse("null");
                case API_VERSION -> text(configured.http().getApiversion().getDefaultVersion());
                case API_VERSION_HEADER ->
                    text(configured.http().getApiversion().getInsert().getHeader());
                case API_VERSION_QUERY ->
                    text(configured.http().getApiversion().getInsert().getQueryParameter());
                case API_VERSION_SEGMENT ->
                    text(configured.http().getApiversion().getInsert().getPathSegment());
                case API_VERSION_MEDIA_TYPE ->
                    text(configured.http().getApiversion().getInsert().getMediaTypeParameter());
                case POOL_MAX_OVERFLOW -> text(options.limits().maxOverflow());
                case POOL_OVERFLOW_LINGER -> DurationText.of(options.limits().overflowLinger());
                case POOL_MAX_IDLE -> text(options.limits().maxIdle());
                case POOL_IDLE_TIMEOUT -> DurationText.of(options.limits().idleTimeout());
                case POOL_MAX_IDLE_TIMEOUT -> DurationText.of(options.limits().maxIdleTimeout());
                case POOL_MAX_LIFETIME -> DurationText.of(options.limits().maxLifetime());
                case PROXY_URL -> {
                    ProxyServer server = options.proxy().server();
                    yield (server != null) ? "http://" + server.address() : "null";
                }
                case PROXY_FILTER -> text(options.proxy().filter());
                case POOL_MAX_SIZE -> text(options.limits().maxSize());
                case POOL_ACQUIRE_TIMEOUT -> DurationText.of(options.limits().acquireTimeout());
                case POOL_LEARN_IDLE_TIMEOUT -> text(options.limits().learnIdleTimeout());
                case REPLAY -> text(options.replay().enabled());
                case RETRY -> text(options.retry().enabled());
                case RETRY_MAX_RETRIES -> text(options.retry().maxRetries());
                case RETRY_STATUSES ->
                    options.retry().statuses().stream()
                            .sorted()
                            .map(String::valueOf)
                            .collect(Collectors.joining(","));
                case RETRY_DELAY -> DurationText.of(options.retry().delay());
                case RETRY_MAX_DELAY -> DurationText.of(options.retry().maxDelay());
                case RETRY_MAX_RETRY_AFTER -> DurationText.of(options.retry().maxRetryAfter());
                case RETRY_ATTEMPT_TIMEOUT -> DurationText.of(options.retry().attemptTimeout());
                case RETRY_BURST -> text(options.retry().burst());
                case RETRY_RATIO -> text(options.retry().ratio());
                case BREAKER -> text(options.breaker().enabled());
                case BREAKER_PER_ROUTE -> text(options.breaker().perRoute());
                case BREAKER_FAILURE_RATE -> text(options.breaker().failureRateThreshold());
                case BREAKER_WINDOW_TYPE ->
                    options.breaker().slidingWindowType().name().toLowerCase(Locale.ROOT);
                case BREAKER_WINDOW_SIZE -> text(options.breaker().slidingWindowSize());
                case BREAKER_MINIMUM -> text(options.breaker().minimumNumberOfCalls());
                case BREAKER_PERMITTED -> text(options.breaker().permittedNumberOfCallsInHalfOpenState());
                case BREAKER_WAIT -> DurationText.of(options.breaker().waitDurationInOpenState());
                case BREAKER_SLOW_RATE -> text(options.breaker().slowCallRateThreshold());
                case BREAKER_SLOW_DURATION -> DurationText.of(options.breaker().slowCallDurationThreshold());
                case IDEMPOTENCY_HEADER -> options.replay().idempotencyHeader();
                case RESPONSE_HEADERS -> text(options.responseLimits().maxHeaders());
                case WRITE_TIMEOUT -> DurationText.of(options.times().write());
                case CALL_TIMEOUT -> DurationText.of(options.times().call());
                case INTERIM_RESPONSES -> text(options.responseLimits().maxInterim());
                case UNKNOWN_CODING -> text(options.responseLimits().unknownCoding());
                case DEADLINE_HEADER -> {
                    TravellingDeadline sent = options.times().sent();
                    yield (sent != null) ? sent.header() : "null";
                }
                case RESPONSE_SIZE -> options.responseLimits().maxBytes() + "B";
                case DECOMPRESSION_RATIO -> text(options.responseLimits().maxRatio());
                case RESPONSE_HEAD_SIZE -> options.responseLimits().maxHeadBytes() + "B";
            };
        }

        private static String text(Object value) {
            return (value instanceof Enum<?> constant)
                    ? constant.name().toLowerCase(Locale.ROOT)
                    : String.valueOf(value);
        }
    }
}
