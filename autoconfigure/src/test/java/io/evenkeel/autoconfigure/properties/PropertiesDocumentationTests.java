// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelMetricsAutoConfiguration;
import java.lang.reflect.Parameter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.ResolvableType;
import org.springframework.util.unit.DataSize;

/** The page on properties says what the code does. */
class PropertiesDocumentationTests {

    private static final String OF_ALL = "evenkeel.";
    private static final String OF_CLIENT = "evenkeel.clients.<name>.";
    private static final Set<Class<?>> NUMBERS =
            Set.of(int.class, Integer.class, double.class, Double.class, Duration.class, DataSize.class);

    private static final PropertiesPage PAGE = PropertiesPage.read();
    private static final Map<String, Parameter> KEYS = keys();

    @Test
    void thePageListsEveryKeyAndNoOther() {
        List<String> expected = KEYS.keySet().stream()
                .filter(key -> !key.startsWith(OF_CLIENT) || !KEYS.containsKey(ofAllClients(key)))
                .toList();
        assertThat(PAGE.rows().keySet()).containsExactlyInAnyOrderElementsOf(expected);
    }

    @Test
    void defaultsAreThoseOfTheCode() {
        Map<String, String> defaults = new HashMap<>();
        PAGE.rows().keySet().forEach(key -> defaults.put(key, defaultOf(key)));
        assertThat(PAGE.rows().values())
                .allSatisfy(row -> assertThat(row.defaultValue()).as(row.key()).isEqualTo(defaults.get(row.key())));
    }

    @Test
    void whatAClientMayHaveOfItsOwnIsSaid() {
        assertThat(PAGE.rows().values())
                .allSatisfy(row -> assertThat(row.forOneClient())
                        .as(row.key())
                        .isEqualTo(
                                row.key().startsWith(OF_CLIENT)
                                        ? "only"
                                        : KEYS.containsKey(OF_CLIENT + row.key().substring(OF_ALL.length()))
                                                ? "yes"
                                                : "no"));
    }

    @Test
    void theMeaningOf0IsSaidWhereSomethingCanBe0() {
        assertThat(PAGE.rows().values())
                .allSatisfy(row -> assertThat(!row.zero().isEmpty())
                        .as(row.key())
                        .isEqualTo(NUMBERS.contains(KEYS.get(row.key()).getType())));
    }

    static Stream<PropertiesPage.Row> whatCanBe0() {
        return PAGE.rows().values().stream().filter(row -> !row.zero().isEmpty());
    }

    @ParameterizedTest
    @MethodSource("whatCanBe0")
    void zeroIsRefusedWhereThePageSaysSo(PropertiesPage.Row row) {
        assertThatZero(row.key().replace("<name>", "mail"), row.refusesZero());
        if (row.forOneClient().equals("yes")) {
            assertThatZero("evenkeel.clients.mail." + row.key().substring(OF_ALL.length()), row.refusesZero());
        }
    }

    private static void assertThatZero(String key, boolean refused) {
        // What is written for retries needs them.
        context().withPropertyValues("evenkeel.retry.enabled=true", key + "=0").run(context -> {
            if (refused) {
                assertThat(context).hasFailed();
                assertThat(Refused.causeOf(context.getStartupFailure())).hasMessageContaining(key);
            } else {
                assertThat(context).hasNotFailed();
            }
        });
    }

    private static ApplicationContextRunner context() {
        return Contexts.plain()
                .withConfiguration(AutoConfigurations.of(
                        EvenkeelExecutorsAutoConfiguration.class, EvenkeelMetricsAutoConfiguration.class));
    }

    private static String ofAllClients(String key) {
        return OF_ALL + key.substring(OF_CLIENT.length());
    }

    private static String defaultOf(String key) {
        DefaultValue value = KEYS.get(key).getAnnotation(DefaultValue.class);
        return (value != null && value.value().length > 0) ? String.join(", ", value.value()) : "-";
    }

    private static Map<String, Parameter> keys() {
        List<Parameter> parameters = new ArrayList<>();
        collect(EvenkeelProperties.class, parameters);
        List<String> names = KnownKeys.all().toList();
        assertThat(parameters).hasSameSizeAs(names);
        Map<String, Parameter> keys = new LinkedHashMap<>();
        for (int i = 0; i < names.size(); i++) {
            keys.put(names.get(i), parameters.get(i));
        }
        return keys;
    }

    /** In the order of {@link KnownKeys}. */
    private static void collect(Class<?> type, List<Parameter> parameters) {
        for (Parameter parameter : type.getDeclaredConstructors()[0].getParameters()) {
            ResolvableType parameterType = ResolvableType.forType(parameter.getParameterizedType());
            Class<?> valueType = (parameterType.toClass() == Map.class)
                    ? parameterType.getGeneric(1).toClass()
                    : parameterType.toClass();
            if (valueType.isRecord()) {
                collect(valueType, parameters);
            } else {
                parameters.add(parameter);
            }
        }
    }
}
