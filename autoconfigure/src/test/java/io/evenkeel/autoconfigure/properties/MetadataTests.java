// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import tools.jackson.databind.json.JsonMapper;

/** What an IDE shows of the keys. */
class MetadataTests {

    private static final Set<String> EMPTY_BY_DEFAULT = Set.of(
            "evenkeel.proxy.url",
            "evenkeel.proxy.username",
            "evenkeel.max-response-size",
            "evenkeel.deadline.accept-header",
            "evenkeel.deadline.send-header",
            "evenkeel.proxy.password",
            "evenkeel.proxy.non-proxy-hosts",
            "evenkeel.shutdown.exclude",
            "evenkeel.executors",
            "evenkeel.circuit-breaker.enabled",
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

    @Test
    void everyHintIsForAKeyAndNamesWhatKindOfValueItTakes() throws Exception {
        Set<String> keys = properties().keySet();

        assertThat(hints()).isNotEmpty().allSatisfy(hint -> {
            assertThat(keys).contains(nameOf(hint).replaceFirst("\\.keys$", ""));
            assertThat(hint)
                    .satisfiesAnyOf(
                            h -> assertThat(h).containsKey("providers"),
                            h -> assertThat(h).containsKey("values"));
        });
        assertThat(hints())
                .extracting(MetadataTests::nameOf)
                .contains("evenkeel.clients.keys", "evenkeel.executors.keys", "evenkeel.shutdown.exclude");
    }

    @TestFactory
    Stream<DynamicTest> everyValueThatAHintOffersIsAccepted() throws Exception {
        return hints().stream()
                .filter(hint -> !nameOf(hint).endsWith(".keys"))
                .flatMap(hint -> valuesOf(hint).map(value -> nameOf(hint) + "=" + value))
                .map(property -> DynamicTest.dynamicTest(
                        property,
                        () -> Contexts.plain()
                                .withPropertyValues(property)
                                .run(context -> assertThat(context).hasNotFailed())));
    }

    @Test
    void theDefaultIsAmongTheValuesThatAHintOffers() throws Exception {
        Map<String, Map<String, Object>> properties = properties();

        assertThat(hints()).allSatisfy(hint -> {
            Object byDefault = properties.getOrDefault(nameOf(hint), Map.of()).get("defaultValue");
            if (byDefault != null && hint.containsKey("values")) {
                assertThat(valuesOf(hint)).contains(String.valueOf(byDefault));
            }
        });
    }

    /** An IDE shows the Javadoc of the type of a map's values, from the jar of the sources. */
    @Test
    void everyKeyBelowANameHasADescription() throws Exception {
        List<Class<?>> types = new ArrayList<>(List.of(ClientSection.class, EvenkeelProperties.Executor.class));
        for (int i = 0; i < types.size(); i++) {
            for (RecordComponent component : types.get(i).getRecordComponents()) {
                if (component.getType().isRecord()) {
                    types.add(component.getType());
                }
                assertThat(javadocOf(types.get(i)))
                        .as("%s of %s", component.getName(), types.get(i))
                        .containsPattern("@param " + component.getName() + " \\w+");
            }
        }
        assertThat(types).contains(ClientSection.Pool.class, EvenkeelProperties.ExecutorPool.class);
    }

    private static String javadocOf(Class<?> type) throws IOException {
        String file = type.getName().replaceFirst("\\$.*", "").replace('.', '/') + ".java";
        String source = Files.readString(Path.of("src/main/java", file), StandardCharsets.UTF_8);
        int end = source.indexOf(" record " + type.getSimpleName() + "(");
        return source.substring(source.lastIndexOf("/**", end), end);
    }

    private static String nameOf(Map<String, Object> hint) {
        return (String) hint.get("name");
    }

    @SuppressWarnings("unchecked")
    private static Stream<String> valuesOf(Map<String, Object> hint) {
        return ((List<Map<String, Object>>) hint.getOrDefault("values", List.of()))
                .stream().map(value -> String.valueOf(value.get("value")));
    }

    /** Of a map it tells the type, from which an IDE reads what is below. */
    private static Set<String> knownToTheProcessor() {
        return KnownKeys.all().toList().stream()
                .map(key -> key.replaceFirst("\\.<name>.*", ""))
                .collect(Collectors.toSet());
    }

    private static Map<String, Map<String, Object>> properties() throws Exception {
        return metadata("properties").stream()
                .collect(Collectors.toMap(property -> (String) property.get("name"), Function.identity()));
    }

    private static List<Map<String, Object>> hints() throws Exception {
        return metadata("hints");
    }

    @SuppressWarnings("unchecked")
    private static List<Map<String, Object>> metadata(String section) throws Exception {
        try (InputStream json =
                MetadataTests.class.getResourceAsStream("/META-INF/spring-configuration-metadata.json")) {
            Map<String, Object> metadata = JsonMapper.shared().readValue(json, Map.class);
            return (List<Map<String, Object>>) metadata.get(section);
        }
    }
}
