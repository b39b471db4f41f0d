// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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

    /** @param prefixes the most specific one first */
    <T> T bind(Class<T> type, String... prefixes) {
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        Stream.of(prefixes)
                // Not of(prefix): a name that the user chose may have capitals.
                .map(prefix -> ConfigurationPropertyName.adapt(prefix, '.'))
                .forEach(prefix -> {
                    for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
                        sources.add(below(prefix, source));
                    }
                });
        return new Binder(sources, new PropertySourcesPlaceholdersResolver(this.environment))
                .bindOrCreate(ROOT, Bindable.of(type), this.handler);
    }

    private static ConfigurationPropertySource below(
            ConfigurationPropertyName prefix, ConfigurationPropertySource source) {
        return name -> (name.getNumberOfElements() > 1) ? find(source, prefix, name.subName(1)) : null;
    }

    private static @Nullable ConfigurationProperty find(
            ConfigurationPropertySource source, ConfigurationPropertyName prefix, ConfigurationPropertyName key) {
        ConfigurationProperty property = source.getConfigurationProperty(prefix.append(key));
        boolean section =
                property != null && (KEYS.isSection(prefix.append(key)) || KEYS.isSection(CLIENT.append(key)));
        return section ? null : property;
    }
}
