// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.clients.SpringClientsTests;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ContextRefreshedEvent;
import org.springframework.context.support.GenericApplicationContext;

@ExtendWith(OutputCaptureExtension.class)
class StartupReportTests {

    @Test
    void saysWhatIsCarriedAndWithWhichLimits(CapturedOutput output) {
        Contexts.plain()
                .run(context -> assertThat(output)
                        .contains("Evenkeel carries RestClient and RestTemplate: Apache HttpClient 5.")
                        .contains(", HTTP/1.1")
                        .contains(
                                "client default: 1 idle connection kept per route, at most 100 open; connect 2s, read 30s;"
                                        + " replay on; retry off; breaker off"));
    }

    @Test
    void saysNotWhatIsNotThere(CapturedOutput output) {
        Contexts.reactive().run(context -> assertThat(output).contains("Evenkeel carries RestClient: Apache"));
    }

    @Test
    void namesHttpServicesIfThereAreAny(CapturedOutput output) {
        Contexts.plain()
                .withUserConfiguration(SpringClientsTests.Services.class)
                .run(context -> assertThat(output).contains("carries RestClient, RestTemplate and HTTP services"));
    }

    @Test
    void saysTheValuesInForce(CapturedOutput output) {
        Contexts.plain()
                .withPropertyValues(
                        "evenkeel.pool.max-size=0",
                        "evenkeel.pool.max-overflow=20",
                        "evenkeel.replay.enabled=false",
                        "spring.http.clients.connect-timeout=1500ms",
                        "spring.http.clients.read-timeout=0")
                .run(context -> assertThat(output)
                        .contains("client default: no idle connection kept per route, at most 20 open (property source"
                                + " 'test'); connect 1500ms (property source 'test'), read without limit (property source"
                                + " 'test'); replay off (property source 'test'); retry off; breaker off"));
    }

    @Test
    void saysHowLongACallMayTakeIfSomebodyHasSaidSo(CapturedOutput output) {
        Contexts.plain()
                .withPropertyValues("evenkeel.call-timeout=9s")
                .run(
                        context -> assertThat(output)
                                .contains(
                                        "connect 2s, read 30s, call 9s (property source 'test'); replay on; retry off; breaker off"));
    }

    @Test
    void saysItOnceAndNotForChildContexts(CapturedOutput output) {
        Contexts.plain().run(context -> {
            try (GenericApplicationContext child = new GenericApplicationContext(context)) {
                child.refresh();
            }
            context.publishEvent(new ContextRefreshedEvent(context.getSourceApplicationContext()));
            assertThat(output.toString().split("Evenkeel carries", -1)).hasSize(2);
        });
    }

    @Test
    void saysWhichBuilderTookItsPlace(CapturedOutput output) {
        Contexts.plain()
                .withUserConfiguration(OwnBuilder.class)
                .run(context -> assertThat(output)
                        .contains(
                                "Evenkeel carries nothing: the application has its own ClientHttpRequestFactoryBuilder,"
                                        + " bean 'ownBuilder'"));
    }

    @Test
    void saysThatAnotherLibraryIsAskedFor(CapturedOutput output) {
        Contexts.plain()
                .withPropertyValues("spring.http.clients.imperative.factory=jdk")
                .run(context -> assertThat(output)
                        .contains("Evenkeel carries nothing: 'spring.http.clients.imperative.factory' is 'jdk'"));
    }

    @Test
    void saysNothingWhenDisabled(CapturedOutput output) {
        Contexts.plain()
                .withPropertyValues("evenkeel.enabled=false")
                .run(context -> assertThat(output).doesNotContain("Evenkeel carries"));
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnBuilder {

        @Bean
        ClientHttpRequestFactoryBuilder<?> ownBuilder() {
            return ClientHttpRequestFactoryBuilder.simple();
        }
    }
}
