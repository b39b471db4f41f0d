// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.ConfiguredKeys;
import io.evenkeel.autoconfigure.properties.UniqueNames;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Which clients and HTTP service groups have a base URL, for whoever misses one. The client without a name serves all groups that no
 * client is named after, and cannot tell which of them a request is of. Thread-safe.
 */
public final class BaseUrls {

    private static final String GROUPS = "spring.http.serviceclient";

    private final Environment environment;
    private final ConfiguredKeys configured;
    private final List<String> groups = new CopyOnWriteArrayList<>();

    BaseUrls(Environment environment) {
        this.environment = environment;
        this.configured = new ConfiguredKeys(environment);
    }

    /** The application has this HTTP service group. */
    void group(String name) {
        this.groups.add(name);
    }

    /** {@return what can be done about a request of the client without a name that names no host} */
    public String remedy() {
        String missing = this.groups.stream()
                .filter(group -> !isSet(GROUPS, group) && !isSet(ClientNames.PREFIX, group))
                .sorted()
                .map(group -> " HTTP service group '%s' has no base URL: set %s.%s.base-url, or correct its name."
                        .formatted(group, GROUPS, group))
                .collect(Collectors.joining());
        Set<String> present = present();
        String existing = present.isEmpty() ? "" : " There is one for '%s'.".formatted(String.join("', '", present));
        return "Write an absolute URI, give the builder a base URL, or use a client that has one (%s.<name>.base-url).%s%s"
                .formatted(ClientNames.PREFIX, missing, existing);
    }

    private Set<String> present() {
        return Stream.of(GROUPS, ClientNames.PREFIX)
                .flatMap(prefix -> new UniqueNames(prefix, this.environment)
                        .spellings().stream().filter(name -> isSet(prefix, name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private boolean isSet(String prefix, String name) {
        return this.configured
                .value(prefix + "." + name + ".base-url")
                .filter(StringUtils::hasText)
                .isPresent();
    }
}
