// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Properties that are looked up below one prefix after the other. The first prefix wins, whatever the sources: a key in
 * a file beats the same key below the next prefix in an environment variable. Maps are not looked into. A section of which
 * all keys are commented out is as good as none: in YAML it has an empty value, which would not bind.
 */
final class LayeredProperties {

    private static final String ROOT = "layered";

    /** Of these {@code <name>} stands for any. */
    private static final List<ConfigurationPropertyName> KEYS = KnownKeys.ofClient().stream()
            .map(key -> ConfigurationPropertyName.adapt(key, '.'))
            .toList();

    private final Environment environment;
    private final List<ConfigurationPropertyName> prefixes;

    /** @param prefixes the most specific one first */
    LayeredProperties(Environment environment, String... prefixes) {
        this.environment = environment;
        this.prefixes = Stream.of(prefixes)
                // Not of(prefix): a name that the user chose may have capitals.
                .map(prefix -> ConfigurationPropertyName.adapt(prefix, '.'))
                .toList();
    }

    <T> T bind(Class<T> type) {
        return new Binder(sources(), new PropertySourcesPlaceholdersResolver(this.environment))
                .bindOrCreate(ROOT, type);
    }

    private List<ConfigurationPropertySource> sources() {
        List<ConfigurationPropertySource> sources = new ArrayList<>();
        for (ConfigurationPropertyName prefix : this.prefixes) {
            for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
                sources.add(below(prefix, source));
            }
        }
        return sources;
    }

    private static ConfigurationPropertySource below(
            ConfigurationPropertyName prefix, ConfigurationPropertySource source) {
        return name -> (name.getNumberOfElements() > 1) ? find(source, prefix, name.subName(1)) : null;
    }

    private static @Nullable ConfigurationProperty find(
            ConfigurationPropertySource source, ConfigurationPropertyName prefix, ConfigurationPropertyName key) {
        ConfigurationProperty property = source.getConfigurationProperty(prefix.append(key));
        boolean emptySection = property != null && "".equals(property.getValue()) && isSection(key);
        return emptySection ? null : property;
    }

    private static boolean isSection(ConfigurationPropertyName key) {
        return KEYS.stream().anyMatch(key::isAncestorOf);
    }
}
