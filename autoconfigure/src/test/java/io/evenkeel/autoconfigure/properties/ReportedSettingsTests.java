// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.context.properties.ConfigurationPropertiesReportEndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.context.properties.ConfigurationPropertiesReportEndpoint;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What the endpoint {@code configprops} shows is in force. */
class ReportedSettingsTests {

    private final ApplicationContextRunner runner = Contexts.plain()
            .withConfiguration(AutoConfigurations.of(
                    EvenkeelExecutorsAutoConfiguration.class,
                    EndpointAutoConfiguration.class,
                    ConfigurationPropertiesReportEndpointAutoConfiguration.class))
            .withPropertyValues(
                    "management.endpoints.web.exposure.include=configprops",
                    "management.endpoints.jmx.exposure.include=configprops",
                    "spring.jmx.enabled=true",
                    "management.endpoint.configprops.show-values=always");

    @Test
    void ofAClientOnlyWhatIsWrittenForItIsShown() {
        this.runner
                .withPropertyValues(
                        "evenkeel.pool.max-size=7",
                        "evenkeel.replay.enabled=false",
                        "evenkeel.proxy.url=http://p:1",
                        "evenkeel.proxy.address-filter=report",
                        "evenkeel.clients.payments.pool.max-overflow=3",
                        "evenkeel.clients.payments.proxy.non-proxy-hosts=a")
                .run(context -> {
                    Map<String, Object> properties =
                            properties(context.getBean(ConfigurationPropertiesReportEndpoint.class));
                    assertThat(section(properties, "clients", "payments", "pool"))
                            .isEqualTo(Map.of("maxOverflow", 3));
                    assertThat(section(properties, "clients", "payments", "proxy"))
                            .containsOnlyKeys("nonProxyHosts");
                    assertThat(section(properties, "clients", "payments")).doesNotContainKeys("replay", "enabled");
                    assertThat(section(properties, "pool"))
                            .containsEntry("maxSize", 7)
                            .containsEntry("maxOverflow", 99);
                });
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> properties(ConfigurationPropertiesReportEndpoint endpoint) {
        return endpoint.configurationProperties().getContexts().values().stream()
                .flatMap(context -> context.getBeans().values().stream())
                .filter(bean -> bean.getPrefix().equals("evenkeel"))
                .findFirst()
                .orElseThrow()
                .getProperties();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> section(Map<String, Object> properties, String... names) {
        Map<String, Object> section = properties;
        for (String name : names) {
            section = (Map<String, Object>) section.get(name);
        }
        return section;
    }
}
