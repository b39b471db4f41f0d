// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.env.Environment;

/**
 * Properties that are looked up below one prefix after the other. The first prefix wins, whatever the sources: a key in
 * a file beats the same key below the next prefix in an environment variable. Maps are not looked into.
 */
final class LayeredProperties {

    private static final String ROOT = "layered";

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
        return name -> (name.getNumberOfElements() > 1)
                ? source.getConfigurationProperty(prefix.append(name.subName(1)))
                : null;
    }
}
