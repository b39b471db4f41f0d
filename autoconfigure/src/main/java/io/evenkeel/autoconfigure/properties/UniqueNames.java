// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.core.env.Environment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * The names that the user chose below a prefix, such as those of executors, each in one spelling.
 *
 * <p>Spring Boot binds a map to one entry per spelling. Environment variables know neither capitals nor dashes, so
 * {@code MAILSENDER} beside {@code mailSender} in a file makes a second entry, {@code mailsender}, that nobody asked
 * for. The value of the variable is in the first one too, as keys are looked up in any spelling.
 */
public final class UniqueNames {

    private static final KnownKeys KEYS = KnownKeys.all();

    private final ConfigurationPropertyName prefix;
    private final Environment environment;

    public UniqueNames(String prefix, Environment environment) {
        // Not of(prefix): it may have a name that the user chose, with capitals.
        this.prefix = ConfigurationPropertyName.adapt(prefix, '.');
        this.environment = environment;
    }

    /**
     * Finds the names, and picks the spelling that was chosen for each. Refused are two spellings of one name, and a name
     * with characters other than letters, digits, '-' and '_'.
     *
     * @param check what else a name has to keep to
     */
    Set<String> check(Consumer<String> check, Refusals refusals) {
        Set<String> names = new LinkedHashSet<>();
        byName(spellings().stream().filter(this::isMeant).toList())
                .forEach(name -> refusals.check(() -> {
                    String chosen = choose(name);
                    check.accept(chosen);
                    names.add(chosen);
                }));
        return names;
    }

    /** {@return the names that something is written for, in all their spellings, as Spring Boot binds them to a map} */
    public Set<String> spellings() {
        return sources()
                .flatMap(this::below)
                .map(key -> key.getElement(this.prefix.getNumberOfElements(), Form.ORIGINAL))
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** Leaves out the spellings that environment variables make of names that are written elsewhere. */
    public Set<String> withoutGhosts(Collection<String> spellings) {
        return byName(spellings)
                .flatMap(name -> chosen(name).stream())
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    private static Stream<List<String>> byName(Collection<String> spellings) {
        Map<String, List<String>> byName = spellings.stream()
                .collect(Collectors.groupingBy(ClientNames::relaxed, LinkedHashMap::new, Collectors.toList()));
        return byName.values().stream();
    }

    // Of EVENKEEL_EXECUTORS_MAIL_SENDER_THREADS, which is a key of mail-sender, Spring Boot makes the name mail.
    private boolean isMeant(String spelling) {
        return firstOutsideOfEnvironmentVariables(spelling).isPresent()
                || KEYS.below(this.prefix.append(spelling)).anyMatch(new ConfiguredKeys(this.environment)::isSet)
                || sources()
                        .flatMap(source -> below(source, spelling))
                        .anyMatch(property -> KEYS.typeOf(property.getName()).isPresent());
    }

    // Variables do not choose a spelling, unless there is no other.
    private List<String> chosen(List<String> spellings) {
        List<String> chosen = spellings.stream()
                .filter(spelling -> firstOutsideOfEnvironmentVariables(spelling).isPresent())
                .toList();
        return chosen.isEmpty() ? spellings : chosen;
    }

    private String choose(List<String> spellings) {
        List<String> chosen = chosen(spellings);
        if (chosen.size() > 1) {
            throw refuse(
                    chosen.get(1),
                    "it is the same name to Spring Boot as '%s'%s".formatted(chosen.get(0), origin(chosen.get(0))),
                    "Spell it in one way, '%s' or '%s'.".formatted(chosen.get(0), chosen.get(1)));
        }
        String name = asWritten(chosen.get(0));
        if (!name.matches("[A-Za-z0-9_-]+")) {
            throw refuse(
                    name,
                    "a name consists of letters, digits, '-' and '_'",
                    "Choose another name, such as '%s'.".formatted(name.replaceAll("[^A-Za-z0-9_-]+", "-")));
        }
        return name;
    }

    // Spring Boot drops a blank or an umlaut without a word.
    private String asWritten(String spelling) {
        return firstOutsideOfEnvironmentVariables(spelling)
                .map(ConfigurationProperty::getOrigin)
                .filter(PropertySourceOrigin.class::isInstance)
                .map(origin -> ((PropertySourceOrigin) origin).getPropertyName())
                .filter(key -> !key.contains(spelling))
                .map(key -> key.split("\\.", -1))
                .filter(elements -> elements.length > this.prefix.getNumberOfElements())
                .map(elements -> elements[this.prefix.getNumberOfElements()])
                .orElse(spelling);
    }

    private InvalidSettingException refuse(String name, String reason, String remedy) {
        return InvalidSettingException.ofName(this.prefix.toString(), name, reason, remedy);
    }

    private String origin(String spelling) {
        return firstOutsideOfEnvironmentVariables(spelling)
                .map(ConfiguredKeys::from)
                .orElse("");
    }

    private Optional<ConfigurationProperty> firstOutsideOfEnvironmentVariables(String spelling) {
        return sources()
                .filter(source -> !(source.getUnderlyingSource() instanceof SystemEnvironmentPropertySource))
                .flatMap(source -> below(source, spelling))
                .findFirst();
    }

    private Stream<ConfigurationProperty> below(ConfigurationPropertySource source, String spelling) {
        return below(source)
                .filter(key -> key.getElement(this.prefix.getNumberOfElements(), Form.ORIGINAL)
                        .equals(spelling))
                .map(source::getConfigurationProperty)
                .filter(Objects::nonNull);
    }

    private Stream<ConfigurationPropertyName> below(ConfigurationPropertySource source) {
        return (source instanceof IterableConfigurationPropertySource iterable)
                ? iterable.stream().filter(this.prefix::isAncestorOf)
                : Stream.empty();
    }

    private Stream<ConfigurationPropertySource> sources() {
        return StreamSupport.stream(
                ConfigurationPropertySources.get(this.environment).spliterator(), false);
    }
}
