// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.Optional;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.origin.Origin;
import org.springframework.core.env.Environment;

/** What was written down, in any spelling, and where. */
public final class ConfiguredKeys {

    private final Environment environment;

    public ConfiguredKeys(Environment environment) {
        this.environment = environment;
    }

    /** {@return whether the key has a value that is not its default} */
    public boolean isSet(String key) {
        return find(key).isPresent();
    }

    /** {@return the value as it was written, if it was} */
    Optional<String> rawValue(String key) {
        return find(key).map(property -> String.valueOf(property.getValue()));
    }

    /** {@return the value, with its placeholders resolved as far as they are known} */
    public Optional<String> value(String key) {
        return rawValue(key).map(this.environment::resolvePlaceholders);
    }

    /** {@return where the key is written, in short, such as {@code application.yml:3}, if it is known} */
    Optional<String> origin(String key) {
        return find(key).map(ConfigurationProperty::getOrigin).map(OriginText::of);
    }

    /** {@return such as {@code (from application.yml:3)} behind a blank, nothing if it is not known} */
    public String from(String key) {
        return find(key).map(ConfiguredKeys::from).orElse("");
    }

    static String from(ConfigurationProperty property) {
        Origin origin = property.getOrigin();
        return (origin != null) ? " (from %s)".formatted(OriginText.inSentence(origin)) : "";
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
