// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import io.evenkeel.autoconfigure.properties.EvenkeelProperties.Executor;
import io.evenkeel.client.ClientOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.core.ResolvableType;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.util.LinkedCaseInsensitiveMap;
import org.springframework.util.function.SingletonSupplier;

/**
 * All settings of an application. Each is read once, when it is first asked for: {@code SettingsCheck} does that before
 * anybody else. What does not bind is refused, and counts as not written. Thread-safe from then on.
 */
public final class Settings {

    private static final String ALL = "evenkeel";
    private static final String BREAKER = "io.github.resilience4j.circuitbreaker.CircuitBreaker";
    private static final Set<String> CREDENTIALS_OF_PROXY = Set.of("proxy.username", "proxy.password");
    private static final Bindable<Map<String, List<String>>> HEADERS = Bindable.of(ResolvableType.forClassWithGenerics(
            Map.class,
            ResolvableType.forClass(String.class),
            ResolvableType.forClassWithGenerics(List.class, String.class)));

    private final Environment environment;
    private final boolean breakers;
    private final Refusals refusals = new Refusals();
    private final LayeredProperties properties;
    private final Map<String, ClientProperties> clients = new ConcurrentHashMap<>();
    private final Map<String, Executor> executors = new ConcurrentHashMap<>();
    private final Supplier<Set<String>> clientNames;
    private final Supplier<EvenkeelProperties> ofAll;

    public Settings(Environment environment, @Nullable ClassLoader classLoader) {
        this.environment = environment;
        this.breakers = ClassUtils.isPresent(BREAKER, classLoader);
        this.properties = new LayeredProperties(environment, new RefusingBindHandler(environment, this.refusals));
        this.clientNames = SingletonSupplier.of(() -> ClientNames.of(environment, this.refusals));
        this.ofAll = SingletonSupplier.of(() -> this.properties.bind(EvenkeelProperties.class, ALL));
    }

    /** {@return what is wrong with what was read so far} */
    public Refusals refusals() {
        return this.refusals;
    }

    /** {@return whether Evenkeel is there at all} Without it, what is left are beans with the settings of Spring Boot. */
    public boolean enabled() {
        return OnEvenkeelEnabledCondition.isEnabled(this.environment);
    }

    /** {@return what is written for the whole application; nobody asks for it when all is switched off} */
    public EvenkeelProperties ofAll() {
        return this.ofAll.get();
    }

    /** {@return the client without a name} */
    public ClientProperties defaultClient() {
        return new ClientProperties(
                ClientOptions.DEFAULT_CLIENT,
                ClientKeys.ofAll(this.environment),
                ofAll(),
                this.breakers,
                new HttpClientProperties());
    }

    /** {@return the clients with a name, in the order of the configuration} */
    public List<ClientProperties> clients() {
        return this.clientNames.get().stream().map(this::client).toList();
    }

    /**
     * Finds a client. The names of an application that was processed ahead of time are fixed, its properties are not: one
     * of which the properties say nothing any more has the settings of all.
     */
    public ClientProperties client(String name) {
        return this.clients.computeIfAbsent(name, this::read);
    }

    /** {@return the client of an HTTP service group, which is the one of the same name in any spelling} */
    public Optional<ClientProperties> ofGroup(String group) {
        return clients().stream()
                .filter(client -> ClientNames.same(client.name(), group))
                .findFirst();
    }

    /** {@return the names of the executors} */
    public Set<String> executorNames() {
        return ExecutorNames.names(this.environment, this.refusals);
    }

    /** Finds an executor; that of which the properties say nothing any more is as Spring Boot would make it. */
    public Executor executor(String name) {
        return this.executors.computeIfAbsent(
                name, key -> this.properties.bind(Executor.class, ExecutorNames.PREFIX + "." + key));
    }

    private ClientProperties read(String name) {
        ClientKeys keys = new ClientKeys(name, this.environment);
        // Who has a proxy of their own does not show it the credentials for another one.
        Set<String> notInherited = keys.isOwn("proxy.url") ? CREDENTIALS_OF_PROXY : Set.of();
        return new ClientProperties(
                name,
                keys,
                enabled() ? this.properties.bind(EvenkeelProperties.class, keys.prefix(), ALL, notInherited) : null,
                this.breakers,
                http(keys));
    }

    private HttpClientProperties http(ClientKeys keys) {
        HttpClientProperties http =
                this.properties.bind(HttpClientProperties.class, keys.prefix(), keys.group(), Set.of());
        Map<String, List<String>> headers = new LinkedCaseInsensitiveMap<>();
        headers.putAll(headers(keys.group()));
        headers.putAll(headers(keys.prefix()));
        http.setDefaultHeader(headers);
        return http;
    }

    // As a map, which cannot be looked up key by key.
    private Map<String, List<String>> headers(String prefix) {
        String key = prefix + ".default-header";
        Map<String, List<String>> headers = Binder.get(this.environment)
                .bind(ConfigurationPropertyName.adapt(key, '.'), HEADERS)
                .orElseGet(LinkedHashMap::new);
        headers.keySet().retainAll(new UniqueNames(key, this.environment).withoutGhosts(headers.keySet()));
        return headers;
    }
}
