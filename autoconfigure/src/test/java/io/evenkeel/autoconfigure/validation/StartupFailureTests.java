// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;

/** What somebody reads who starts an application with a mistake in its configuration. */
@ExtendWith(OutputCaptureExtension.class)
class StartupFailureTests {

    @Test
    void aRefusedValueIsExplained(CapturedOutput output) {
        start("--evenkeel.pool.idle-timeout=4");
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains("Configuration property 'evenkeel.pool.idle-timeout' is '4', which is 4ms"
                        + " (from the command line), but")
                .contains("Did you mean 4s?");
    }

    @ParameterizedTest
    @CsvSource({
        "evenkeel.pool.max-sise, evenkeel.pool.max-size",
        "evenkeel.pol.max-size, evenkeel.pool.max-size",
        "evenkeel.max-size, evenkeel.pool.max-size",
        "evenkeel.pool.maximum-size, evenkeel.pool.max-size",
        "evenkeel.pool.overflow, evenkeel.pool.max-overflow",
        "evenkeel.pool.linger, evenkeel.pool.overflow-linger",
        "evenkeel.pool.aquire-timeout, evenkeel.pool.acquire-timeout",
        "evenkeel.pool.idle-time, evenkeel.pool.idle-timeout",
        "evenkeel.pool.lifetime, evenkeel.pool.max-lifetime",
        "evenkeel.replay.enable, evenkeel.replay.enabled",
        "evenkeel.metrics.perroutes, evenkeel.metrics.per-route",
        "evenkeel.metrics.routes, evenkeel.metrics.max-routes",
        "evenkeel.enable, evenkeel.enabled",
        "evenkeel.read-timeout, spring.http.clients.read-timeout",
        "evenkeel.connect-timeout, spring.http.clients.connect-timeout",
        "evenkeel.ssl.bundle, spring.http.clients.ssl.bundle"
    })
    void anUnknownKeyIsExplainedWithTheOneThatWasMeant(String unknown, String known, CapturedOutput output) {
        start("--" + unknown + "=true");
        assertThat(output)
                .contains("Configuration property '" + unknown
                        + "' (from the command line) is unknown, so it has no effect.")
                .contains("Did you mean '" + known + "'?")
                .doesNotContain("Update your application's configuration");
    }

    @Test
    void anUnknownKeyThatResemblesNoneIsExplainedWithoutAGuess(CapturedOutput output) {
        start("--evenkeel.frobnicate=1");
        assertThat(output)
                .contains("Remove it: this version of Evenkeel has no such key.", "write 'evenkeel.unknown-keys: warn'")
                .doesNotContain("Did you mean", "evenkeel.pool.max-size");
    }

    @Test
    void severalUnknownKeysAreExplainedAtOnce(CapturedOutput output) {
        start("--evenkeel.pool.max-sise=1", "--evenkeel.replay.enable=true");
        assertThat(output)
                .contains("Did you mean 'evenkeel.pool.max-size'?", "Did you mean 'evenkeel.replay.enabled'?");
    }

    @ParameterizedTest
    @CsvSource({"spring.http.clients.read-timeout, long", "spring.http.clients.imperative.factory, okhttp"})
    void aMalformedValueOfSpringBootIsExplainedByIt(String key, String value, CapturedOutput output) {
        start("--" + key + "=" + value);
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .containsIgnoringCase("Property: " + key)
                .contains("Value: \"" + value + "\"");
    }

    @Test
    void aMissingSslBundleIsExplained(CapturedOutput output) {
        start(
                "--spring.http.clients.ssl.bundle=partner",
                "--spring.ssl.bundle.pem.partners.truststore.certificate=classpath:none.pem",
                "--spring.ssl.bundle.jks.other.truststore.location=classpath:none.jks");
        assertThat(output)
                .contains("An HTTP client is to use the SSL bundle 'partner', named by"
                        + " 'spring.http.clients.ssl.bundle' (from the command line), but there is no such bundle.")
                .contains("or name one of the configured bundles: other, partners.");
    }

    private static void start(String... arguments) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .build();
        assertThatException().isThrownBy(() -> application.run(arguments).close());
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SslAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ImperativeHttpClientAutoConfiguration.class,
        EvenkeelAutoConfiguration.class
    })
    static class Application {}
}
