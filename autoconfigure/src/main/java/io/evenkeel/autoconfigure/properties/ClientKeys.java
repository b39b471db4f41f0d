// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.env.Environment;

/** Where the settings of one client are written: for itself, for its HTTP service group, or for all clients. */
public final class ClientKeys {

    private static final String ALL = "evenkeel.";
    private static final String ALL_OF_SPRING_BOOT = "spring.http.clients.";
    private static final Pattern INDEX = Pattern.compile("\\[\\d+]$");
    private static final Set<String> OF_EVENKEEL = Set.copyOf(KnownKeys.all().toList());

    private final String prefix;
    private final String group;
    private final ConfiguredKeys configured;

    ClientKeys(String name, Environment environment) {
        this(ClientNames.prefix(name), "spring.http.serviceclient." + name, environment);
    }

    private ClientKeys(String prefix, String group, Environment environment) {
        this.prefix = prefix;
        this.group = group;
        this.configured = new ConfiguredKeys(environment);
    }

    /** {@return where the settings of all clients are written, which are those of the client without a name} */
    static ClientKeys ofAll(Environment environment) {
        return new ClientKeys("evenkeel", "spring.http.clients", environment);
    }

    /** {@return whether Spring Boot knows the key too, so that it may be written for a group} */
    public static boolean isOfSpringBoot(String key) {
        return !OF_EVENKEEL.contains(ALL + INDEX.matcher(key).replaceFirst(""));
    }

    /** {@return where the client's own keys are} */
    public String prefix() {
        return this.prefix;
    }

    /** {@return where the keys of its HTTP service group are} */
    String group() {
        return this.group;
    }

    /** {@return the key that is the client's own} */
    public String own(String key) {
        return this.prefix + "." + key;
    }

    private String ofGroup(String key) {
        return this.group + "." + key;
    }

    /** {@return whether the key is written for the client itself} */
    public boolean isOwn(String key) {
        return this.configured.isSet(own(key));
    }

    /** {@return whether the key is written for the client or for all} */
    public boolean isSet(String key) {
        return this.configured.isSet(inForce(key));
    }

    /** {@return what is written for the client itself, if anything is} */
    public Optional<String> ownValue(String key) {
        return this.configured.rawValue(own(key));
    }

    /**
     * Finds the key that says what applies.
     *
     * @param key as it stands below a client
     * @return that of the client, if nobody says it
     */
    public String inForce(String key) {
        return Stream.concat(specific(key), Stream.of((isOfSpringBoot(key) ? ALL_OF_SPRING_BOOT : ALL) + key))
                .filter(this.configured::isSet)
                .findFirst()
                .orElse(own(key));
    }

    private Stream<String> specific(String key) {
        return isOfSpringBoot(key) ? Stream.of(own(key), ofGroup(key)) : Stream.of(own(key));
    }

    /** {@return where a key is written that applies, in short} */
    Optional<String> origin(String key) {
        return this.configured.origin(inForce(key));
    }

    /** {@return where a key is written for the client itself or for its group, in short} */
    public Optional<String> specificOrigin(String key) {
        return specific(key)
                .map(this.configured::origin)
                .flatMap(Optional::stream)
                .findFirst();
    }

    /** {@return such as {@code (application.yml:7)} behind a blank, of all keys, and nothing if none of them is written} */
    public String origins(String... keys) {
        String origins = Stream.of(keys)
                .map(this::origin)
                .flatMap(Optional::stream)
                .distinct()
                .collect(Collectors.joining(", "));
        return origins.isEmpty() ? "" : " (%s)".formatted(origins);
    }

    /** {@return a sentence on a key that is written for the client and, without effect, for its group} */
    public Optional<String> loser(String key) {
        if (!isOwn(key) || !this.configured.isSet(ofGroup(key))) {
            return Optional.empty();
        }
        return Optional.of("%s is used, and %s is not".formatted(withOrigin(own(key)), withOrigin(ofGroup(key))));
    }

    private String withOrigin(String key) {
        return "'%s'%s"
                .formatted(
                        key, this.configured.origin(key).map(" (%s)"::formatted).orElse(""));
    }
}
