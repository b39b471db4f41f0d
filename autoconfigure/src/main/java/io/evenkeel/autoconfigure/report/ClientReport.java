// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.autoconfigure.clients.ClientRegistrar;
import io.evenkeel.autoconfigure.clients.ClientRequestFactories;
import io.evenkeel.autoconfigure.clients.SettingsMapper;
import io.evenkeel.autoconfigure.properties.ClientKeys;
import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.DurationText;
import io.evenkeel.autoconfigure.properties.KnownKeys;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.autoconfigure.validation.BaseUrlCheck;
import io.evenkeel.client.ClientOptions;
import io.evenkeel.client.DefaultSettings;
import io.evenkeel.client.NamedClients;
import io.evenkeel.policy.PoolLimits;
import io.evenkeel.policy.ProxyServer;
import io.evenkeel.policy.retry.RetrySettings;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.util.StringUtils;

/**
 * Says what each client is, which of it was written for this client and where, and what was written without effect. Names
 * of headers are told, values are not; nor is the path of a base URL, which may be a secret.
 */
public final class ClientReport {

    private static final Set<String> TOLD_WITH_THEIR_VALUES = Set.of(
            "enabled",
            "base-url",
            "connect-timeout",
            "read-timeout",
            "call-timeout",
            "pool.max-size",
            "pool.max-overflow",
            "proxy.url",
            "replay.enabled",
            "retry.enabled",
            "retry.max-retries",
            "circuit-breaker.enabled");

    private final ConfigurableApplicationContext context;
    private final Settings settings;
    private final ClientRequestFactories requestFactories;

    ClientReport(ConfigurableApplicationContext context, Settings settings, ClientRequestFactories requestFactories) {
        this.context = context;
        this.settings = settings;
        this.requestFactories = requestFactories;
    }

    /** {@return a line for the client without a name} */
    String ofDefault() {
        ClientProperties client = this.settings.defaultClient();
        return start(client) + join("; ", making(client));
    }

    /** {@return a line for each client with a name, followed by one for each setting that loses against another} */
    public List<String> ofNamed() {
        return named().flatMap(this::lines).toList();
    }

    /** {@return a line for each client that has a proxy of its own, but not the pools that would go through it} */
    List<String> warnings() {
        return named().flatMap(client -> ignoredProxy(client).stream()).toList();
    }

    /** {@return a line on the clients that have no circuit breakers, as their library is not there} */
    Optional<String> withoutBreakers() {
        String names = Stream.concat(
                        this.settings.enabled() ? Stream.of(this.settings.defaultClient()) : Stream.empty(), named())
                .filter(client -> options(client) != null && client.missesBreakers())
                .map(ClientProperties::name)
                .collect(Collectors.joining(", "));
        return names.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "retry without circuit breaker, as its library is not there: %s. Add the dependency '%s', or write '%s: false'"
                                .formatted(
                                        names,
                                        "io.github.resilience4j:resilience4j-circuitbreaker",
                                        "evenkeel.circuit-breaker.enabled"));
    }

    // Without Spring Boot's module for RestClient nobody makes them.
    private Stream<ClientProperties> named() {
        boolean made = this.context.getBeanNamesForType(NamedClients.class, true, false).length > 0;
        return made ? this.settings.clients().stream() : Stream.empty();
    }

    private Optional<String> ignoredProxy(ClientProperties client) {
        ClientKeys keys = client.keys();
        Optional<String> origin = (options(client) != null) ? Optional.empty() : keys.specificOrigin("proxy.url");
        return origin.map(written -> start(client)
                + "it does not go through the proxy that '%s' (%s) names: it is %s"
                        .formatted(keys.inForce("proxy.url"), written, maker(client)));
    }

    private Stream<String> lines(ClientProperties client) {
        String description = beanInPlaceOf(client.name())
                .map("the application's own bean '%s' is used in its place"::formatted)
                .map(inPlace -> groups(client).isEmpty() ? inPlace : inPlace + "; " + describe(client))
                .orElseGet(() -> describe(client));
        return Stream.concat(Stream.of(description), losers(client)).map(start(client)::concat);
    }

    private static String start(ClientProperties client) {
        return "client %s: ".formatted(client.name());
    }

    private Optional<String> beanInPlaceOf(String name) {
        ConfigurableListableBeanFactory beans = this.context.getBeanFactory();
        String bean = ClientNames.bean(name);
        if (!beans.containsLocalBean(bean)) {
            return Optional.empty();
        }
        if (beans.containsBeanDefinition(bean)) {
            boolean ours = ClientRegistrar.isRegisteredHere(beans.getBeanDefinition(bean));
            return ours ? Optional.empty() : Optional.of(bean);
        }
        return Optional.of(beans.containsBeanDefinition(name) ? name : bean);
    }

    private String describe(ClientProperties client) {
        return join(
                "; ",
                Stream.concat(Stream.of(address(client)), Stream.concat(making(client), Stream.of(others(client)))));
    }

    private static String join(String separator, Stream<String> parts) {
        return parts.filter(StringUtils::hasText).collect(Collectors.joining(separator));
    }

    /** {@return what makes the client, besides what its requests are like} */
    private Stream<String> making(ClientProperties client) {
        ClientKeys keys = client.keys();
        ClientOptions options = options(client);
        HttpClientSettings settings = this.requestFactories.settings(client);
        return (options == null)
                ? Stream.of(maker(client), timeouts(settings, keys))
                : Stream.of(
                        limits(options.limits(), keys),
                        join(
                                ", ",
                                Stream.of(
                                        timeouts(DefaultSettings.fillIn(settings), keys), callTimeout(options, keys))),
                        "replay %s%s"
                                .formatted(options.replay().enabled() ? "on" : "off", keys.origins("replay.enabled")),
                        retry(options.retry(), keys),
                        "breaker %s%s"
                                .formatted(
                                        options.breaker().enabled() ? "on" : "off",
                                        keys.origins("circuit-breaker.enabled")),
                        proxy(options.proxy().server(), keys));
    }

    private @Nullable ClientOptions options(ClientProperties client) {
        return this.requestFactories.hasPools() ? SettingsMapper.map(client) : null;
    }

    private String address(ClientProperties client) {
        String url = client.http().getBaseUrl();
        String address = StringUtils.hasText(url) ? BaseUrlCheck.withoutPath(url) : "no base URL";
        return address + client.keys().origins("base-url") + groups(client);
    }

    // The proxies themselves are not asked for: that would make them.
    private String groups(ClientProperties client) {
        return Arrays.stream(this.context.getBeanDefinitionNames())
                .filter(name -> name.contains("#"))
                .map(name -> name.substring(0, name.indexOf('#')))
                .distinct()
                .filter(group -> ClientNames.same(group, client.name()))
                .map(", group '%s'"::formatted)
                .collect(Collectors.joining());
    }

    private static String limits(PoolLimits limits, ClientKeys keys) {
        String kept = switch (limits.maxSize()) {
            case 0 -> "no idle connection";
            case 1 -> "1 idle connection";
            default -> limits.maxSize() + " idle connections";
        };
        return "%s kept per route, at most %d open%s"
                .formatted(kept, limits.maxPerRoute(), keys.origins("pool.max-size", "pool.max-overflow"));
    }

    private String maker(ClientProperties client) {
        return (client.carriedBy() != null)
                ? "made by %s, so that no key of Evenkeel has an effect".formatted(this.requestFactories.maker())
                : "left to Spring Boot" + client.keys().origins("enabled");
    }

    private static String retry(RetrySettings retry, ClientKeys keys) {
        return retry.enabled()
                ? "retry %d%s".formatted(retry.maxRetries(), keys.origins("retry.enabled", "retry.max-retries"))
                : "retry off" + keys.origins("retry.enabled");
    }

    private static String proxy(@Nullable ProxyServer server, ClientKeys keys) {
        return (server != null) ? "proxy %s%s".formatted(server.address(), keys.origins("proxy.url")) : "";
    }

    private static String timeouts(HttpClientSettings settings, ClientKeys keys) {
        return join(
                ", ",
                Stream.of(
                        timeout("connect", settings.connectTimeout(), keys),
                        timeout("read", settings.readTimeout(), keys)));
    }

    private static String callTimeout(ClientOptions options, ClientKeys keys) {
        Duration limit = options.times().call();
        return limit.isZero() ? "" : timeout("call", limit, keys);
    }

    private static String timeout(String verb, @Nullable Duration timeout, ClientKeys keys) {
        if (timeout == null) {
            return "";
        }
        String value = timeout.isZero() ? "without limit" : DurationText.of(timeout);
        return "%s %s%s".formatted(verb, value, keys.origins(verb + "-timeout"));
    }

    private String others(ClientProperties client) {
        boolean ours = options(client) != null;
        String others = keys(client)
                .filter(key -> !TOLD_WITH_THEIR_VALUES.contains(key))
                .filter(key -> ours || ClientKeys.isOfSpringBoot(key))
                .flatMap(key ->
                        client.keys().specificOrigin(key).map(origin -> "%s (%s)".formatted(key, origin)).stream())
                .collect(Collectors.joining(", "));
        return others.isEmpty() ? "" : "also set: " + others;
    }

    private static Stream<String> losers(ClientProperties client) {
        return keys(client).filter(ClientKeys::isOfSpringBoot).flatMap(key -> client.keys().loser(key).stream());
    }

    private static Stream<String> keys(ClientProperties client) {
        return Stream.concat(
                KnownKeys.of("clients").stream().filter(key -> !key.endsWith(KnownKeys.NAME)),
                client.http().getDefaultHeader().keySet().stream().map("default-header."::concat));
    }
}
