// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE shows of the keys. */
class MetadataTests {

    private static final Set<String> EMPTY_BY_DEFAULT = Set.of(
            "evenkeel.proxy.url",
            "evenkeel.proxy.username",
            "evenkeel.proxy.password",
            "evenkeel.proxy.non-proxy-hosts",
            "evenkeel.shutdown.exclude",
            "evenkeel.executors",
            "evenkeel.clients");

    @Test
    void everyKeyHasATypeADescriptionAndItsDefault() throws Exception {
        Map<String, Map<String, Object>> metadata = properties();
        assertThat(metadata.keySet()).containsExactlyInAnyOrderElementsOf(knownToTheProcessor());
        metadata.forEach((key, property) -> {
            assertThat(property).as(key).containsKeys("type", "description");
            if (!EMPTY_BY_DEFAULT.contains(key)) {
                assertThat(property).as(key).containsKey("defaultValue");
            }
            assertThat((String) property.get("description"))
                    .as(key)
                    .endsWith(".")
                    .doesNotStartWith("The ")
                    .doesNotStartWith("A ");
        });
        assertThat(metadata.get("evenkeel.pool.idle-timeout"))
                .containsEntry("type", "java.time.Duration")
                .containsEntry("defaultValue", "4s");
        assertThat(metadata.get("evenkeel.enabled")).containsEntry("defaultValue", true);
    }

    /** Of a map it tells the type, from which an IDE reads what is below. */
    private static Set<String> knownToTheProcessor() {
        return KnownKeys.all().toList().stream()
                .map(key -> key.replaceFirst("\\.<name>.*", ""))
                .collect(Collectors.toSet());
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Map<String, Object>> properties() throws Exception {
        try (InputStream json =
                MetadataTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, Object> metadata = JsonMapper.shared().readValue(json, Map.class);
            return ((List<Map<String, Object>>) metadata.get("properties"))
                    .stream().collect(Collectors.toMap(property -> (String) property.get("name"), Function.identity()));
        }
    }
}
