// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelClientsAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelRestClientAutoConfiguration;
import io.evenkeel.client.NamedClients;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.web.client.RestClient;

/** What somebody reads who starts an application with a mistake in the configuration of a client. */
@ExtendWith(OutputCaptureExtension.class)
class ClientStartupFailureTests {

    private static final String URL = "--evenkeel.clients.myPay.base-url=http://localhost";

    @ParameterizedTest
    @CsvSource({
        "evenkeel.clients.myPay.conect-timeout, evenkeel.clients.myPay.connect-timeout",
        "evenkeel.clients.myPay.timeout, evenkeel.clients.myPay.read-timeout",
        "evenkeel.clients.myPay.url, evenkeel.clients.myPay.base-url",
        "evenkeel.clients.myPay.redirect, evenkeel.clients.myPay.redirects",
        "evenkeel.clients.myPay.ssl.bundel, evenkeel.clients.myPay.ssl.bundle",
        "evenkeel.clients.myPay.bundle, evenkeel.clients.myPay.ssl.bundle",
        "evenkeel.clients.myPay.default-headers.X-Key, evenkeel.clients.myPay.default-header.X-Key",
        "evenkeel.clients.myPay.pool.max-sise, evenkeel.clients.myPay.pool.max-size",
        "evenkeel.clients.myPay.max-size, evenkeel.clients.myPay.pool.max-size",
        "evenkeel.clients.myPay.enable, evenkeel.clients.myPay.enabled",
        "evenkeel.clients.myPay.shutdown.timeout, evenkeel.shutdown.timeout",
        "evenkeel.clients.myPay.metrics.per-route, evenkeel.metrics.per-route",
        "evenkeel.clients.myPay.apiversion.insert.query-paramter, evenkeel.clients.myPay.apiversion.insert.query-parameter",
        "evenkeel.client.myPay.read-timeout, evenkeel.clients.myPay.read-timeout",
        "evenkeel.myPay.read-timeout, evenkeel.clients.myPay.read-timeout"
    })
    void anUnknownKeyIsExplainedWithTheOneThatWasMeant(String unknown, String known, CapturedOutput output) {
        start(Application.class, "--" + unknown + "=2", URL);
        assertThat(output).contains("APPLICATION FAILED TO START").contains("Did you mean '" + known + "'?");
    }

    @Test
    void anUnknownKeyBelowAClientThatHasNoOtherIsExplainedToo(CapturedOutput output) {
        start(Application.class, "--evenkeel.clients.payments.conect-timeout=2s");
        assertThat(output)
                .contains(
                        "Configuration property 'evenkeel.clients.payments.conect-timeout' (from the command line) is unknown")
                .contains("Did you mean 'evenkeel.clients.payments.connect-timeout'?");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evenkeel.clients.payments.proxy.pasword",
                "evenkeel.clients.payments.default-headers.Authorization",
                "evenkeel.proxy.pasword",
                "evenkeel.clients.payments"
            })
    void aValueThatMayBeASecretIsNotTold(String key, CapturedOutput output) {
        start(Application.class, "--" + key + "=canary");
        assertThat(output).contains("APPLICATION FAILED TO START").doesNotContain("canary");
    }

    @Test
    void anUnknownKeyThatResemblesNoneIsExplainedWithoutAGuess(CapturedOutput output) {
        start(Application.class, "--evenkeel.clients.myPay.frobnicate=2", URL);
        assertThat(output)
                .contains("Remove it: this version of Evenkeel has no such key.")
                .doesNotContain("Did you mean", "base-url");
    }

    @Test
    void aRefusedValueIsExplainedWithItsOrigin(CapturedOutput output) {
        start(Application.class, "--evenkeel.clients.myPay.pool.idle-timeout=4");
        assertThat(output)
                .contains("Configuration property 'evenkeel.clients.myPay.pool.idle-timeout' is '4', which is 4ms (from"
                        + " the command line), but")
                .contains("Did you mean 4s?");
    }

    @Test
    void aReservedNameIsExplained(CapturedOutput output) {
        start(Application.class, "--evenkeel.clients.default.read-timeout=4s");
        assertThat(output)
                .contains(
                        "Configuration property 'evenkeel.clients.<name>' is 'default', but that is the client without a"
                                + " name, which serves all that is built without one.")
                .contains("Write its keys below 'evenkeel' and 'spring.http.clients', or choose another name.");
    }

    @Test
    void aValueInThePlaceOfKeysIsExplained(CapturedOutput output) {
        start(Application.class, "--evenkeel.clients.payments=https://example.com");
        assertThat(output)
                .contains(
                        "Configuration property 'evenkeel.clients.payments' (from the command line) has a value, but it"
                                + " is a section")
                .contains("Write 'evenkeel.clients.payments.base-url', for example");
    }

    @Test
    void aMissingSslBundleIsExplainedThoughNobodyInjectsTheClient(CapturedOutput output) {
        start(
                Application.class,
                "--evenkeel.clients.myPay.ssl.bundle=partner",
                "--spring.ssl.bundle.jks.other.truststore.location=classpath:none.jks");
        assertThat(output)
                .contains("An HTTP client is to use the SSL bundle 'partner', named by"
                        + " 'evenkeel.clients.myPay.ssl.bundle' (from the command line), but there is no such bundle.")
                .contains("or name one of the configured bundles: other.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--evenkeel.enabled=true", "--evenkeel.enabled=false"})
    void aClientThatIsMissingIsExplainedWithThoseThatThereAre(String enabled, CapturedOutput output) {
        start(
                Misspelt.class,
                enabled,
                "--evenkeel.clients.payments.base-url=http://localhost",
                "--evenkeel.clients.orders.base-url=http://localhost");
        assertThat(output)
                .contains(
                        "required a bean of type 'org.springframework.web.client.RestClient' that could not be found.")
                .contains("@org.springframework.beans.factory.annotation.Qualifier(\"paymets\")")
                .containsPattern("The clients below 'evenkeel.clients' are: (payments, orders|orders, payments)\\.")
                .contains("Did you mean 'payments'?");
    }

    @Test
    void aClientThatIsMissingIsExplainedIfThereIsNone(CapturedOutput output) {
        start(Misspelt.class);
        assertThat(output)
                .contains("There is no client below 'evenkeel.clients'.")
                .contains("For a client of that name write 'evenkeel.clients.paymets.base-url'")
                .doesNotContain("Did you mean");
    }

    @Test
    void aClientOfTheApplicationMayBeTheOneThatWasMeant(CapturedOutput output) {
        start(MisspeltOwn.class);
        assertThat(output).contains("The application's own are: payments.").contains("Did you mean 'payments'?");
    }

    @Test
    void aBeanNameThatIsAskedForIsExplainedToo(CapturedOutput output) {
        start(AskingByName.class, "--evenkeel.clients.payments.base-url=http://localhost");
        assertThat(output)
                .contains("required a bean named 'paymetsRestClient' that could not be found.")
                .contains("Did you mean 'payments'?");
    }

    @Test
    void aQualifierOfTheApplicationThatNoClientHasIsExplained(CapturedOutput output) {
        start(OwnQualifier.class, "--evenkeel.clients.payments.base-url=http://localhost");
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(
                        "required a bean of type 'org.springframework.web.client.RestClient' that could not be found.");
    }

    @ParameterizedTest
    @ValueSource(classes = {Misspelt.class, ByType.class, Registry.class})
    void theLibraryThatIsMissingIsNamed(Class<?> application, CapturedOutput output) {
        SpringApplication spring = new SpringApplicationBuilder(
                        new DefaultResourceLoader(new FilteredClassLoader("org.apache.hc")), application)
                .web(WebApplicationType.NONE)
                .build();
        assertThatException().isThrownBy(() -> spring.run().close());
        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .contains(
                        "Apache HttpClient (org.apache.httpcomponents.client5:httpclient5) is not on the class path, so"
                                + " Evenkeel makes no clients.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"evenkeel.clients.myPay.read-timeout", "evenkeel.clients.myPay.max-response-headers"})
    void aKeyWithoutValueIsNotCalledUnknown(String key, CapturedOutput output) {
        start(Application.class, "--" + key + "=");
        assertThat(output)
                .contains("Configuration property '" + key + "' (from ")
                .contains("has no value.")
                .contains("Write a value, or remove the key.")
                .doesNotContain("is unknown", "Did you mean");
    }

    @Test
    void twoClientsOfTheApplicationAreLeftToSpringBoot(CapturedOutput output) {
        start(TwoClients.class, "--evenkeel.enabled=false", "--evenkeel.clients.payments.base-url=http://localhost");
        assertThat(output).contains("required a single bean, but 2 were found").doesNotContain("are not made");
    }

    @Test
    void aNameThatResemblesNoneIsNotGuessed(CapturedOutput output) {
        start(Injecting.class, "--evenkeel.clients.orders.base-url=http://localhost");
        assertThat(output)
                .contains("The clients below 'evenkeel.clients' are: orders.")
                .doesNotContain("Did you mean");
    }

    private static void start(Class<?> application, String... arguments) {
        SpringApplication spring = new SpringApplicationBuilder(application)
                .web(WebApplicationType.NONE)
                .build();
        assertThatException().isThrownBy(() -> spring.run(arguments).close());
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SslAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ImperativeHttpClientAutoConfiguration.class,
        RestClientAutoConfiguration.class,
        EvenkeelAutoConfiguration.class,
        EvenkeelClientsAutoConfiguration.class
    })
    static class Application {}

    @Configuration(proxyBeanMethods = false)
    static class TwoClients extends Application {

        @Bean
        RestClient one() {
            return RestClient.create();
        }

        @Bean
        RestClient two() {
            return RestClient.create();
        }

        @Bean
        String consumer(RestClient client) {
            return client.toString();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Misspelt extends Everything {

        @Autowired
        @Qualifier("paymets")
        RestClient payments;
    }

    @Configuration(proxyBeanMethods = false)
    static class MisspeltOwn extends Misspelt {

        @Bean
        RestClient payments() {
            return RestClient.create();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class ByType extends Everything {

        @Autowired
        RestClient client;
    }

    @Configuration(proxyBeanMethods = false)
    static class Registry extends Everything {

        @Autowired
        NamedClients clients;
    }

    @Configuration(proxyBeanMethods = false)
    static class AskingByName extends Everything {

        @Bean
        String consumer(BeanFactory beans) {
            return beans.getBean("paymetsRestClient").toString();
        }
    }

    @Qualifier
    @Retention(RetentionPolicy.RUNTIME)
    @interface Balanced {}

    @Configuration(proxyBeanMethods = false)
    static class OwnQualifier extends Everything {

        @Autowired
        @Balanced
        RestClient client;
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration(EvenkeelRestClientAutoConfiguration.class)
    static class Everything extends Application {}

    @Configuration(proxyBeanMethods = false)
    static class Injecting extends Application {

        @Autowired
        @Qualifier("payments")
        RestClient payments;
    }
}
