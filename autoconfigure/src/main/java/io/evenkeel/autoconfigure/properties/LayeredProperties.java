// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.Set;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Properties that are looked up below one prefix after the other. The first prefix wins, whatever the sources: a key in
 * a file beats the same key below the next prefix in an environment variable. Maps are not looked into. A section has no
 * value: that of one of which all keys are commented out is empty in YAML, and any other is refused elsewhere.
 */
final class LayeredProperties {

    private static final String ROOT = "layered";
    private static final KnownKeys KEYS = KnownKeys.all();

    /** Any client: a group of Spring Boot has some of its sections. */
    private static final ConfigurationPropertyName CLIENT = ConfigurationPropertyName.of("evenkeel.clients.any");

    private final Environment environment;
    private final BindHandler handler;

    /** @param handler what becomes of a value that does not bind */
    LayeredProperties(Environment environment, BindHandler handler) {
        this.environment = environment;
        this.handler = handler;
    }

    <T> T bind(Class<T> type, String prefix) {
        return bind(type, below(prefix, Set.of()));
    }

    /** @param notInherited keys that are looked up below the first prefix only */
    <T> T bind(Class<T> type, String prefix, String next, Set<String> notInherited) {
        return bind(type, Stream.concat(below(prefix, Set.of()), below(next, notInherited)));
    }

    private <T> T bind(Class<T> type, Stream<ConfigurationPropertySource> sources) {
        return new Binder(sources.toList(), new PropertySourcesPlaceholdersResolver(this.environment))
                .bindOrCreate(ROOT, Bindable.of(type), this.handler);
    }

    private Stream<ConfigurationPropertySource> below(String prefix, Set<String> hidden) {
        // Not of(prefix): a name that the user chose may have capitals.
        ConfigurationPropertyName section = ConfigurationPropertyName.adapt(prefix, '.');
        return StreamSupport.stream(
                        ConfigurationPropertySources.get(this.environment).spliterator(), false)
                .<ConfigurationPropertySource>map(source -> name -> {
                    boolean found = name.getNumberOfElements() > 1
                            && !hidden.contains(name.subName(1).toString());
                    return found ? find(source, section, name.subName(1)) : null;
                });
    }

    private static @Nullable ConfigurationProperty find(
            ConfigurationPropertySource source, ConfigurationPropertyName prefix, ConfigurationPropertyName key) {
        ConfigurationProperty property = source.getConfigurationProperty(prefix.append(key));
        boolean section =
                property != null && (KEYS.isSection(prefix.append(key)) || KEYS.isSection(CLIENT.append(key)));
        return section ? null : property;
    }
}
