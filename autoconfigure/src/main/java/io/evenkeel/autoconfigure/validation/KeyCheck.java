// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import io.evenkeel.autoconfigure.properties.ConfiguredKeys;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties.UnknownKeys;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.KnownKeys;
import io.evenkeel.autoconfigure.properties.OriginText;
import io.evenkeel.autoconfigure.properties.Refusals;
import java.util.Collection;
import java.util.Map;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.core.env.Environment;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * Keys below {@code evenkeel} that do not exist, or have no value, or have one where keys should be. They are refused,
 * because a limit that is misspelt protects nothing. Environment variables and system properties are no place that is
 * written for one application, so there an unknown key is a warning.
 */
final class KeyCheck {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private static final ConfigurationPropertyName ROOT = ConfigurationPropertyName.of("evenkeel");
    private static final String SWITCH = "evenkeel.unknown-keys";

    /** What Kubernetes tells each container of a service that is called {@code evenkeel} or {@code evenkeel-...}. */
    private static final Pattern OF_KUBERNETES =
            Pattern.compile("EVENKEEL_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\\d+_(TCP|UDP)(_.+)?)?)");

    private final KnownKeys known = KnownKeys.all();
    private final Suggestion suggestion = new Suggestion(this.known);
    private final Environment environment;
    private final ConfiguredKeys configured;

    KeyCheck(Environment environment) {
        this.environment = environment;
        this.configured = new ConfiguredKeys(environment);
    }

    /** @param unknown what becomes of a key that does not exist */
    void check(UnknownKeys unknown, Refusals refusals) {
        Consumer<InvalidSettingException> sink = (unknown == UnknownKeys.WARN) ? this::warn : refusals::add;
        for (ConfigurationPropertySource source : ConfigurationPropertySources.get(this.environment)) {
            if (source instanceof IterableConfigurationPropertySource iterable) {
                iterable.stream()
                        .filter(key -> ROOT.equals(key) || ROOT.isAncestorOf(key))
                        .forEach(key -> check(key, iterable, sink, refusals));
            }
        }
    }

    private void check(
            ConfigurationPropertyName key,
            IterableConfigurationPropertySource source,
            Consumer<InvalidSettingException> unknown,
            Refusals refusals) {
        ConfigurationProperty property = source.getConfigurationProperty(key);
        if (property == null) {
            return;
        }
        ConfigurationPropertyName name = withoutIndex(key);
        String value = this.environment.resolvePlaceholders(String.valueOf(property.getValue()));
        boolean variable = source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource;
        boolean ofOneApplication = !variable && !isOfTheSystem(source);
        Class<?> type = this.known.typeOf(name).orElse(null);
        if (type != null) {
            if (ofOneApplication && value.isEmpty() && !mayBeEmpty(type)) {
                refusals.add(InvalidSettingException.ofKey(
                        this.known.spell(name), "has no value", "Write a value, or remove the key."));
            }
            if (!name.equals(key) && hasGapBefore(key, source)) {
                refusals.add(InvalidSettingException.ofKey(
                        "%s[%s]".formatted(this.known.spell(name), key.getLastElement(Form.ORIGINAL)),
                        "has no element of its list before it",
                        "Number the elements from [0] on, or write them separated by commas."));
            }
        } else if (this.known.isSection(name)) {
            if (!value.isBlank()) {
                Consumer<InvalidSettingException> sink = ofOneApplication ? refusals::add : this::warn;
                sink.accept(valueForSection(name));
            }
        } else if (ofOneApplication) {
            unknown.accept(unknown(this.known.spell(name)));
        } else if (!variable || !(this.known.mayBe(name) || isOfKubernetes(property))) {
            warn(unknown(this.known.spell(name)));
        }
    }

    private static ConfigurationPropertyName withoutIndex(ConfigurationPropertyName key) {
        return key.isNumericIndex(key.getNumberOfElements() - 1) ? key.getParent() : key;
    }

    private static boolean hasGapBefore(ConfigurationPropertyName element, ConfigurationPropertySource source) {
        int index = Integer.parseInt(element.getLastElement(Form.ORIGINAL));
        return index > 0
                && source.getConfigurationProperty(element.getParent().append("[%d]".formatted(index - 1))) == null;
    }

    private static boolean isOfTheSystem(ConfigurationPropertySource source) {
        return source.getUnderlyingSource() instanceof PropertySource<?> underlying
                && underlying.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME);
    }

    private static boolean isOfKubernetes(ConfigurationProperty variable) {
        return variable.getOrigin() != null
                && OF_KUBERNETES.matcher(OriginText.of(variable.getOrigin())).matches();
    }

    private static boolean mayBeEmpty(Class<?> type) {
        return type == String.class || Collection.class.isAssignableFrom(type) || type == Map.class;
    }

    private void warn(InvalidSettingException unknown) {
        log.warn(
                "'{}'{} {}. {}",
                unknown.key(),
                this.configured.from(unknown.key()),
                unknown.reason(),
                unknown.remedy());
    }

    // The value is not told: what was meant may be a password.
    private InvalidSettingException unknown(String key) {
        String remedy = this.suggestion
                .insteadOf(key)
                .map(keys -> "Did you mean '%s'?".formatted(String.join("' or '", keys)))
                .orElse(
                        "Remove it: this version of Evenkeel has no such key. If it is of a newer one, in a file that several"
                                + " applications share, write '%s: warn'.".formatted(SWITCH));
        return InvalidSettingException.ofKey(key, "is unknown, so it has no effect", remedy);
    }

    private InvalidSettingException valueForSection(ConfigurationPropertyName section) {
        return InvalidSettingException.ofKey(
                this.known.spell(section),
                "has a value, but it is a section, of which only the keys have one",
                "Write '%s', for example."
                        .formatted(this.known.below(section).findFirst().orElseThrow()));
    }
}
