// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.EvenkeelProperties.Proxy;
import io.evenkeel.client.ClientOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.http.client.autoconfigure.ApiversionProperties;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.LinkedCaseInsensitiveMap;

/**
 * Reads what applies to a client with a name, key by key: its own keys first, then those of Spring Boot's HTTP service
 * group of the same name, then those of all clients.
 */
final class ClientReader {

    private static final String GROUPS = "spring.http.serviceclient";
    private static final String ALL = "evenkeel";
    private static final Bindable<Map<String, List<String>>> HEADERS = Bindable.of(ResolvableType.forClassWithGenerics(
            Map.class,
            ResolvableType.forClass(String.class),
            ResolvableType.forClassWithGenerics(List.class, String.class)));

    private final Environment environment;

    ClientReader(Environment environment) {
        this.environment = environment;
    }

    /**
     * Reads and judges.
     *
     * @throws InvalidSettingException if a setting is refused
     */
    ConfiguredClient read(String name) {
        HttpClientProperties http = http(name);
        ClientKeys keys = new ClientKeys(name, this.environment);
        BootTimeoutRules.check(keys.inForce("connect-timeout"), http.getConnectTimeout());
        BootTimeoutRules.check(keys.inForce("read-timeout"), http.getReadTimeout());
        BaseUrlRule.check(keys.inForce("base-url"), http.getBaseUrl());
        check(keys, http);
        return new ConfiguredClient(name, options(name, keys), http);
    }

    private @Nullable ClientOptions options(String name, ClientKeys keys) {
        // For all clients at once: it ends what a client that says otherwise would have.
        if (!OnEvenkeelEnabledCondition.isEnabled(this.environment)) {
            return null;
        }
        EvenkeelProperties evenkeel =
                new LayeredProperties(this.environment, ClientNames.prefix(name), ALL).bind(EvenkeelProperties.class);
        return evenkeel.enabled() ? options(name, keys, evenkeel) : null;
    }

    private static void check(ClientKeys keys, HttpClientProperties http) {
        http.getDefaultHeader().forEach((header, values) -> {
            String key = keys.inForce("default-header." + header);
            values.forEach(value -> DefaultHeaderRule.check(key, header, value));
        });
        ApiversionProperties.Insert insert = http.getApiversion().getInsert();
        ApiVersionRule.checkHeader(keys.inForce("apiversion.insert.header"), insert.getHeader());
        ApiVersionRule.checkPathSegment(keys.inForce("apiversion.insert.path-segment"), insert.getPathSegment());
        String bundle = http.getSsl().getBundle();
        if (bundle != null && bundle.isBlank()) {
            throw new InvalidSettingException(
                    keys.inForce("ssl.bundle"),
                    "empty",
                    "it names no bundle",
                    "Write the name of one below 'spring.ssl.bundle', or remove it.");
        }
    }

    private ClientOptions options(String name, ClientKeys keys, EvenkeelProperties properties) {
        try {
            return new EvenkeelSettingsMapper(keys.own())
                    .map(name, ClientNames.prefix(name), properties, proxy(name, keys, properties));
        } catch (InvalidSettingException ex) {
            throw keys.translate(ex);
        }
    }

    /** Who has a proxy of their own does not show it the credentials for another one. */
    private Proxy proxy(String name, ClientKeys keys, EvenkeelProperties properties) {
        Proxy merged = properties.proxy();
        if (!keys.own().isSet("evenkeel.proxy.url")) {
            return merged;
        }
        Proxy own = new LayeredProperties(this.environment, ClientNames.prefix(name))
                .bind(EvenkeelProperties.class)
                .proxy();
        return new Proxy(own.url(), own.username(), own.password(), merged.nonProxyHosts(), merged.addressFilter());
    }

    private HttpClientProperties http(String name) {
        HttpClientProperties http = new LayeredProperties(this.environment, ClientNames.prefix(name), group(name))
                .bind(HttpClientProperties.class);
        Map<String, List<String>> headers = new LinkedCaseInsensitiveMap<>();
        headers.putAll(headers(group(name)));
        headers.putAll(headers(ClientNames.prefix(name)));
        http.setDefaultHeader(headers);
        return http;
    }

    private Map<String, List<String>> headers(String prefix) {
        String key = prefix + ".default-header";
        Map<String, List<String>> headers = Binder.get(this.environment)
                .bind(ConfigurationPropertyName.adapt(key, '.'), HEADERS)
                .orElseGet(LinkedHashMap::new);
        headers.keySet().retainAll(new UniqueNames(key, this.environment).withoutGhosts(headers.keySet()));
        return headers;
    }

    private static String group(String name) {
        return GROUPS + "." + name;
    }
}
