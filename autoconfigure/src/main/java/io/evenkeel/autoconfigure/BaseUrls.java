// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;
import org.springframework.util.StringUtils;

/**
 * Which clients and HTTP service groups have a base URL, for whoever misses one. The client without a name serves all groups that no
 * client is named after, and cannot tell which of them a request is of. Thread-safe.
 */
final class BaseUrls {

    private static final String GROUPS = "spring.http.serviceclient";

    private final Environment environment;
    private final List<String> groups = new CopyOnWriteArrayList<>();

    BaseUrls(Environment environment) {
        this.environment = environment;
    }

    /** The application has this HTTP service group. */
    void group(String name) {
        this.groups.add(name);
    }

    /** {@return what can be done about a request of the client without a name that names no host} */
    String remedy() {
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
                .flatMap(prefix -> names(prefix).stream().filter(name -> isSet(prefix, name)))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private Set<String> names(String prefix) {
        return Binder.get(this.environment)
                .bind(prefix, Bindable.mapOf(String.class, Object.class))
                .orElse(Map.of())
                .keySet();
    }

    private boolean isSet(String prefix, String name) {
        // Not of(prefix): a name that the user chose may have capitals.
        ConfigurationPropertyName key = ConfigurationPropertyName.adapt(prefix + "." + name + ".base-url", '.');
        return StringUtils.hasText(Binder.get(this.environment)
                .bind(key, Bindable.of(String.class))
                .orElse(""));
    }
}
