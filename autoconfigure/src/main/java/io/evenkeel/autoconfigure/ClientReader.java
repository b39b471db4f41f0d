// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.autoconfigure.EvenkeelProperties.Proxy;
import io.evenkeel.client.ClientOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
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
    private final LayeredProperties properties;

    ClientReader(Environment environment) {
        this(environment, BindHandler.DEFAULT);
    }

    /** @param handler what becomes of a value that does not bind */
    ClientReader(Environment environment, BindHandler handler) {
        this.environment = environment;
        this.properties = new LayeredProperties(environment, handler);
    }

    ConfiguredClient read(String name) {
        // For all clients at once: it ends what a client that says otherwise would have.
        if (!OnEvenkeelEnabledCondition.isEnabled(this.environment)) {
            return new ConfiguredClient(name, null, http(name));
        }
        EvenkeelProperties evenkeel = evenkeel(name);
        return new ConfiguredClient(name, evenkeel.enabled() ? options(name, evenkeel) : null, http(name));
    }

    private ClientOptions options(String name, EvenkeelProperties evenkeel) {
        ClientKeys keys = new ClientKeys(name, this.environment);
        return EvenkeelSettingsMapper.map(name, ClientNames.prefix(name), keys, evenkeel, proxy(name, evenkeel));
    }

    /** Judges what is written for a client, unless it is switched off, and then what Spring Boot will make of it. */
    void check(String name, Refusals refusals) {
        ClientRules rules = new ClientRules(new ClientKeys(name, this.environment), refusals);
        rules.check(http(name));
        if (!OnEvenkeelEnabledCondition.isEnabled(this.environment)) {
            return;
        }
        EvenkeelProperties evenkeel = evenkeel(name);
        if (evenkeel.enabled()) {
            rules.check(evenkeel, proxy(name, evenkeel));
        }
    }

    private EvenkeelProperties evenkeel(String name) {
        return this.properties.bind(EvenkeelProperties.class, ClientNames.prefix(name), ALL);
    }

    /** Who has a proxy of their own does not show it the credentials for another one. */
    private Proxy proxy(String name, EvenkeelProperties evenkeel) {
        Proxy merged = evenkeel.proxy();
        if (!new ClientKeys(name, this.environment).isOwn("proxy.url")) {
            return merged;
        }
        Proxy own = this.properties
                .bind(EvenkeelProperties.class, ClientNames.prefix(name))
                .proxy();
        return new Proxy(own.url(), own.username(), own.password(), merged.nonProxyHosts(), merged.addressFilter());
    }

    private HttpClientProperties http(String name) {
        HttpClientProperties http =
                this.properties.bind(HttpClientProperties.class, ClientNames.prefix(name), group(name));
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
