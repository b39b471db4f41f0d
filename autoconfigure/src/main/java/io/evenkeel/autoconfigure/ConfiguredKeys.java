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

    private static final String ROOT = "evenkeel.";

    private final Environment environment;
    private final String root;

    ConfiguredKeys(Environment environment) {
        this(environment, ROOT);
    }

    private ConfiguredKeys(Environment environment, String root) {
        this.environment = environment;
        this.root = root;
    }

    /**
     * Narrows the view to what was written for one client.
     *
     * @param prefix where its keys are
     * @return keys in which {@code evenkeel.x} means {@code <prefix>.x}
     */
    static ConfiguredKeys below(String prefix, Environment environment) {
        return new ConfiguredKeys(environment, prefix + ".");
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

    /** {@return the property, from the source that wins} */
    Optional<ConfigurationProperty> find(String key) {
        String full = key.startsWith(ROOT) ? this.root + key.substring(ROOT.length()) : key;
        // Not of(full): a name that the user chose may have capitals.
        ConfigurationPropertyName name = ConfigurationPropertyName.adapt(full, '.');
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
            ConfigurationProperty property = source.getConfigurationProperty(name);
            if (property != null) {
                return Optional.of(property);
            }
        }
        return Optional.empty();
    }
}
