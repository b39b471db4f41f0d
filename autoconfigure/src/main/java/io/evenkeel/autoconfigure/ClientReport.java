// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.client.ClientOptions;
import io.evenkeel.client.DefaultSettings;
import io.evenkeel.policy.ProxyServer;
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
import org.springframework.context.ApplicationContext;
import org.springframework.util.StringUtils;

/**
 * Says what each client with a name is, which of it was written for this client and where, and what was written without
 * effect. Names of headers are told, values are not; nor is the path of a base URL, which may be a secret.
 */
final class ClientReport {

    private static final Set<String> TOLD_WITH_THEIR_VALUES = Set.of(
            "enabled",
            "base-url",
            "connect-timeout",
            "read-timeout",
            "pool.max-size",
            "pool.max-overflow",
            "proxy.url",
            "replay.enabled");

    private final ApplicationContext context;
    private final ClientCatalog catalog;
    private final ClientRequestFactories requestFactories;

    ClientReport(ApplicationContext context, ClientCatalog catalog, ClientRequestFactories requestFactories) {
        this.context = context;
        this.catalog = catalog;
        this.requestFactories = requestFactories;
    }

    /** {@return a line for each client, followed by one for each setting that loses against another} */
    List<String> lines() {
        return this.catalog.clients().stream().flatMap(this::lines).toList();
    }

    /** {@return a line for each client that has a proxy of its own, but not the pools that would go through it} */
    List<String> warnings() {
        return this.catalog.clients().stream().flatMap(this::ignoredProxy).toList();
    }

    private Stream<String> ignoredProxy(ConfiguredClient client) {
        ClientKeys keys = new ClientKeys(client.name(), this.context.getEnvironment());
        boolean carried = client.options() != null && this.requestFactories.hasPools();
        Optional<String> origin = carried ? Optional.empty() : keys.specificOrigin("proxy.url");
        return origin.stream()
                .map(written -> "client %s: it does not go through the proxy that '%s' (%s) names: it is %s"
                        .formatted(client.name(), keys.inForce("proxy.url"), written, maker(client, keys)));
    }

    private Stream<String> lines(ConfiguredClient client) {
        ClientKeys keys = new ClientKeys(client.name(), this.context.getEnvironment());
        String start = "client %s: ".formatted(client.name());
        String description = beanInPlaceOf(client.name())
                .map("the application's own bean '%s' is used in its place"::formatted)
                .map(inPlace -> groups(client).isEmpty() ? inPlace : inPlace + "; " + describe(client, keys))
                .orElseGet(() -> describe(client, keys));
        return Stream.concat(
                Stream.of(start + description), losers(client, keys).map(start::concat));
    }

    private Optional<String> beanInPlaceOf(String name) {
        ConfigurableListableBeanFactory beans =
                (ConfigurableListableBeanFactory) this.context.getAutowireCapableBeanFactory();
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

    private String describe(ConfiguredClient client, ClientKeys keys) {
        ClientOptions options = this.requestFactories.hasPools() ? client.options() : null;
        HttpClientSettings settings = this.requestFactories.settings(client);
        return Stream.of(
                        address(client, keys),
                        (options != null) ? limits(options, keys) : maker(client, keys),
                        timeouts((options != null) ? DefaultSettings.fillIn(settings) : settings, keys),
                        (options != null) ? replay(options, keys) : "",
                        (options != null) ? proxy(options, keys) : "",
                        others(client, options != null, keys))
                .filter(StringUtils::hasText)
                .collect(Collectors.joining("; "));
    }

    private String address(ConfiguredClient client, ClientKeys keys) {
        String url = client.http().getBaseUrl();
        String address = StringUtils.hasText(url) ? BaseUrlRule.withoutPath(url) : "no base URL";
        return address + keys.origins("base-url") + groups(client);
    }

    // The proxies themselves are not asked for: that would make them.
    private String groups(ConfiguredClient client) {
        return Arrays.stream(this.context.getBeanDefinitionNames())
                .filter(name -> name.contains("#"))
                .map(name -> name.substring(0, name.indexOf('#')))
                .distinct()
                .filter(group -> ClientNames.same(group, client.name()))
                .map(", group '%s'"::formatted)
                .collect(Collectors.joining());
    }

    private static String limits(ClientOptions options, ClientKeys keys) {
        return SettingText.of(options.limits()) + keys.origins("pool.max-size", "pool.max-overflow");
    }

    private String maker(ConfiguredClient client, ClientKeys keys) {
        return (client.options() != null)
                ? "made by %s, so that no key of Evenkeel has an effect".formatted(this.requestFactories.maker())
                : "left to Spring Boot" + keys.origins("enabled");
    }

    private static String replay(ClientOptions options, ClientKeys keys) {
        return "replay %s%s".formatted(options.replay().enabled() ? "on" : "off", keys.origins("replay.enabled"));
    }

    private static String proxy(ClientOptions options, ClientKeys keys) {
        ProxyServer server = options.proxy().server();
        return (server != null) ? "proxy %s%s".formatted(server.address(), keys.origins("proxy.url")) : "";
    }

    private static String timeouts(HttpClientSettings settings, ClientKeys keys) {
        return Stream.of(
                        timeout("connect", settings.connectTimeout(), keys, "connect-timeout"),
                        timeout("read", settings.readTimeout(), keys, "read-timeout"))
                .flatMap(Optional::stream)
                .collect(Collectors.joining(", "));
    }

    private static Optional<String> timeout(String verb, @Nullable Duration timeout, ClientKeys keys, String key) {
        return Optional.ofNullable(timeout)
                .map(value -> "%s %s%s".formatted(verb, SettingText.timeout(value), keys.origins(key)));
    }

    private static String others(ConfiguredClient client, boolean ours, ClientKeys keys) {
        String others = keys(client)
                .filter(key -> !TOLD_WITH_THEIR_VALUES.contains(key))
                .filter(key -> ours || ClientKeys.isOfSpringBoot(key))
                .flatMap(key -> keys.specificOrigin(key).map(origin -> "%s (%s)".formatted(key, origin)).stream())
                .collect(Collectors.joining(", "));
        return others.isEmpty() ? "" : "also set: " + others;
    }

    private static Stream<String> losers(ConfiguredClient client, ClientKeys keys) {
        return keys(client).filter(ClientKeys::isOfSpringBoot).map(keys::loser).flatMap(Optional::stream);
    }

    private static Stream<String> keys(ConfiguredClient client) {
        return Stream.concat(
                KnownKeys.ofClient().stream().filter(key -> !key.endsWith(KnownKeys.NAME)),
                client.http().getDefaultHeader().keySet().stream().map("default-header."::concat));
    }
}
