// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelClientsAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelRestClientAutoConfiguration;
import io.evenkeel.autoconfigure.properties.ClientProperties;
import io.evenkeel.autoconfigure.properties.ClientSection;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.autoconfigure.report.ClientReport;
import io.evenkeel.client.NamedClients;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.ScriptedServer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.service.HttpServiceClientPropertiesAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.service.HttpServiceClientAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** Clients of an application that was processed ahead of time, as for a native image. */
class ClientsAheadOfTimeTests {

    private static final String BUILD = "evenkeel.clients.my-group.base-url=http://build";

    @Test
    @CompileWithForkedClassLoader
    void clientsAreMadeByGeneratedCodeFromThePropertiesOfTheRun() {
        processedWith(BUILD, context -> {
            start(
                    context,
                    "evenkeel.clients.my-group.base-url=http://run",
                    "evenkeel.clients.my-group.pool.max-size=3");
            assertThat(context.getBean("myGroupRestClient", RestClient.class)).isNotNull();
            ClientProperties client = context.getBean(Settings.class).client("my-group");
            assertThat(client.http().getBaseUrl()).isEqualTo("http://run");
            assertThat(SettingsMapper.map(client).limits().maxSize()).isEqualTo(3);
            assertThat(context.getBean(ClientReport.class).ofNamed())
                    .singleElement()
                    .asString()
                    .contains("client my-group: http://run", "3 idle");
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void theyAreInjectedByTheirNameAndNotByTheirType() {
        processedWith(BUILD, context -> {
            start(context, BUILD);
            assertThat(context.getBean(Injected.class).byName).isSameAs(context.getBean("myGroupRestClient"));
            assertThat(context.getBean(Injected.class).byType).isSameAs(context.getBean("evenkeelRestClient"));
            assertThat(context.getBean(RestClient.class)).isSameAs(context.getBean("evenkeelRestClient"));
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void aClientThatTheRunSaysNothingOfHasTheSettingsOfAll() {
        processedWith(BUILD, context -> {
            start(context, "evenkeel.pool.max-size=5");
            assertThat(context.getBean("myGroupRestClient", RestClient.class)).isNotNull();
            ClientProperties client = context.getBean(Settings.class).client("my-group");
            assertThat(SettingsMapper.map(client).limits().maxSize()).isEqualTo(5);
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void aClientThatTheBuildDidNotKnowIsNotThere() {
        processedWith(BUILD, context -> {
            start(context, BUILD, "evenkeel.clients.other.base-url=http://run");
            assertThat(context.getBean(NamedClients.class).names()).containsExactly("my-group");
            assertThat(context.containsBean("otherRestClient")).isFalse();
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void aValueThatOnlyTheRunKnowsIsReadThen() {
        processedWith("evenkeel.clients.my-group.read-timeout=${PAYMENTS_READ}", context -> {
            start(context, "PAYMENTS_READ=5s", "evenkeel.clients.my-group.read-timeout=${PAYMENTS_READ}");
            assertThat(context.getBean(Settings.class).client("my-group").http().getReadTimeout())
                    .hasSeconds(5);
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void aValueOfTheRunIsJudgedThen() {
        processedWith(
                BUILD,
                context -> assertThatExceptionOfType(InvalidSettingException.class)
                        .isThrownBy(() -> start(context, BUILD, "evenkeel.clients.my-group.pool.max-size=-1"))
                        .withMessageContaining("'evenkeel.clients.my-group.pool.max-size' must not be -1"));
    }

    @Test
    @CompileWithForkedClassLoader
    void anHttpServiceGroupHasTheSettingsOfTheClientOfItsName() {
        try (ScriptedServer server =
                ScriptedServer.http().byDefault(Answer.ok("hello")).start()) {
            processedWith(BUILD, context -> {
                start(
                        context,
                        "evenkeel.clients.my-group.base-url=http://localhost:" + server.port(),
                        "evenkeel.clients.my-group.default-header.tenant=one");
                assertThat(context.getBean(Greetings.class).get()).isEqualTo("hello");
                assertThat(server.requests().get(0).header("tenant")).isEqualTo("one");
            });
        }
    }

    @Test
    void theKeysOfAClientAreBoundInANativeImage() {
        TestGenerationContext generated = process(BUILD);
        for (Class<?> type : new Class<?>[] {
            ClientSection.class,
            ClientSection.Apiversion.class,
            ClientSection.ApiversionInsert.class,
            ClientSection.Ssl.class,
            EvenkeelProperties.Pool.class,
            ClientSection.Pool.class,
            HttpClientProperties.class
        }) {
            assertThat(RuntimeHintsPredicates.reflection().onType(type)).accepts(generated.getRuntimeHints());
        }
    }

    private static void processedWith(String property, Consumer<GenericApplicationContext> run) {
        TestGenerationContext generated = process(property);
        generated.writeGeneratedContent();
        TestCompiler.forSystem().with(generated).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                initializer(compiled.getInstance(ApplicationContextInitializer.class))
                        .initialize(context);
                run.accept(context);
            }
        });
    }

    private static TestGenerationContext process(String property) {
        TestGenerationContext generated = new TestGenerationContext();
        // As the build plugins of Spring Boot do.
        System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of(property).applyTo(context);
            context.register(Application.class, Injected.class);
            ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generated);
            assertThat(initializer).isNotNull();
        } finally {
            System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
        }
        return generated;
    }

    @SuppressWarnings("unchecked")
    private static ApplicationContextInitializer<ConfigurableApplicationContext> initializer(
            ApplicationContextInitializer<?> initializer) {
        return (ApplicationContextInitializer<ConfigurableApplicationContext>) initializer;
    }

    private static void start(GenericApplicationContext context, String... properties) {
        TestPropertyValues.of(properties).applyTo(context);
        context.refresh();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({
        SslAutoConfiguration.class,
        HttpClientAutoConfiguration.class,
        ImperativeHttpClientAutoConfiguration.class,
        HttpServiceClientPropertiesAutoConfiguration.class,
        RestClientAutoConfiguration.class,
        HttpServiceClientAutoConfiguration.class,
        EvenkeelAutoConfiguration.class,
        EvenkeelClientsAutoConfiguration.class,
        EvenkeelRestClientAutoConfiguration.class
    })
    @ImportHttpServices(group = "my-group", types = Greetings.class)
    static class Application {}

    interface Greetings {

        @GetExchange("/greeting")
        String get();
    }

    static class Injected {

        @Autowired
        @Qualifier("my-group")
        RestClient byName;

        @Autowired
        RestClient byType;
    }
}
