// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** What was written down, in any spelling, and where. */
final class ConfiguredKeys {

    private final Environment environment;

    ConfiguredKeys(Environment environment) {
        this.environment = environment;
    }

    /** {@return whether the key has a value that is not its default} */
    boolean isSet(String key) {
        return find(key).isPresent();
    }

    /** {@return the value as it was written, if it was} */
    Optional<String> rawValue(String key) {
        return find(key).map(property -> String.valueOf(property.getValue()));
    }

    /** {@return such as {@code class path resource [application.yml] - 3:15}, if it is known} */
    Optional<String> origin(String key) {
        return find(key).map(ConfigurationProperty::getOrigin).map(Origin::toString);
    }

    private Optional<ConfigurationProperty> find(String key) {
        // Not of(key): a name that the user chose may have capitals.
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(key, '.');
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return Optional.of(property);
            }
        }
        return Optional.empty();
    }
}
