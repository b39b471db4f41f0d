// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.autoconfigure.endpoint.EvenkeelEndpoint;
import io.evenkeel.autoconfigure.endpoint.EvenkeelEndpoint.Policies;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.DefaultResourceLoader;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.web.client.HttpServerErrorException;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** What an operator sees of the policies, and may switch. */
@ExtendWith(OutputCaptureExtension.class)
class EvenkeelEndpointTests {

    private static final String RETRIES = "evenkeel.retry.enabled=true";

    private static final String ALL = "management.endpoints.web.exposure.include=evenkeel";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final ScriptedServer server = this.leaks.server(
            ScriptedServer.http().byDefault(request -> Answer.status(503)).start());

    private final ApplicationContextRunner runner = Contexts.plain()
            .withConfiguration(AutoConfigurations.of(EvenkeelEndpointAutoConfiguration.class))
            .withPropertyValues(ALL);

    private void call(RestClient client) {
        assertThatThrownBy(
                        () -> client.get().uri(this.server.uri("/")).retrieve().toBodilessEntity())
                .isInstanceOf(HttpServerErrorException.class);
    }

    @Test
    void retriesAreSwitchedOffAndOnAgain(CapturedOutput log) {
        this.runner.withPropertyValues(RETRIES, "evenkeel.retry.delay=1ms").run(context -> {
            RestClient client = context.getBean(RestClient.class);
            EvenkeelEndpoint endpoint = context.getBean(EvenkeelEndpoint.class);
            call(client);
            assertThat(this.server.requests()).hasSize(3);

            assertThat(endpoint.switchPolicies("default", false, null, new User("alice")))
                    .isEqualTo(new Policies(false, true));
            call(client);
            assertThat(this.server.requests()).hasSize(4);

            endpoint.switchPolicies("default", true, null, SecurityContext.NONE);
            call(client);
            assertThat(this.server.requests()).hasSize(7);
            assertThat(log)
                    .contains("Retries of client 'default' were switched off by 'alice'")
                    .contains("Retries of client 'default' were switched on by somebody without a name");
        });
    }

    @Test
    void breakersAreSwitchedOffAndOnAgain() {
        this.runner.withPropertyValues(RETRIES, "evenkeel.retry.statuses=429").run(context -> {
            RestClient client = context.getBean(RestClient.class);
            EvenkeelEndpoint endpoint = context.getBean(EvenkeelEndpoint.class);
            for (int i = 0; i < 20; i++) {
                call(client);
            }
            assertThatThrownBy(() ->
                            client.get().uri(this.server.uri("/")).retrieve().toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class);

            endpoint.switchPolicies("default", null, false, SecurityContext.NONE);
            call(client);
            endpoint.switchPolicies("default", null, true, SecurityContext.NONE);

            assertThatThrownBy(() ->
                            client.get().uri(this.server.uri("/")).retrieve().toBodilessEntity())
                    .isInstanceOf(ResourceAccessException.class);
        });
    }

    @Test
    void whatCannotBeSwitchedIsRefusedWithAReason() {
        this.runner.withPropertyValues("evenkeel.circuit-breaker.enabled=true").run(context -> {
            context.getBean(RestClient.class);
            EvenkeelEndpoint endpoint = context.getBean(EvenkeelEndpoint.class);

            assertThat(endpoint.clients().clients()).isEqualTo(Map.of("default", new Policies(null, true)));
            assertThatThrownBy(() -> endpoint.switchPolicies("default", true, false, SecurityContext.NONE))
                    .isInstanceOf(InvalidEndpointRequestException.class)
                    .hasMessage(
                            "Client 'default' was started without 'retry.enabled: true', and cannot get it before it is started again");
            assertThat(endpoint.clients().clients())
                    .as("nothing is switched by half")
                    .isEqualTo(Map.of("default", new Policies(null, true)));
            assertThatThrownBy(() -> endpoint.switchPolicies("payments", true, null, SecurityContext.NONE))
                    .hasMessage("Client 'payments' is not known; there are [default]");
            assertThatThrownBy(() -> endpoint.switchPolicies("default", null, null, SecurityContext.NONE))
                    .hasMessageStartingWith("Nothing to switch");
        });
    }

    @Test
    void withoutExposureThereIsNone() {
        Contexts.plain()
                .withConfiguration(AutoConfigurations.of(EvenkeelEndpointAutoConfiguration.class))
                .run(context -> assertThat(context).doesNotHaveBean(EvenkeelEndpoint.class));
    }

    @Test
    void withoutActuatorThereIsNone() {
        this.runner
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.actuate"))
                .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("evenkeelEndpoint"));
    }

    @Test
    void overHttpItIsReadOnlyUnlessSomebodyAllowsMore() {
        inApplication(
                client -> {
                    assertThat(client.get().uri("").retrieve().body(String.class))
                            .isEqualTo("{\"clients\":{\"default\":{\"retry\":true,\"circuitBreaker\":true}}}");
                    assertThat(post(client, "{\"retry\":false}").getStatusCode())
                            .isEqualTo(HttpStatus.NOT_FOUND);
                },
                RETRIES);
    }

    @Test
    void overHttpAndJmxItSwitchesIfThatIsAllowed() {
        inApplication(
                client -> {
                    assertThat(post(client, "{\"retry\":false}").getBody())
                            .isEqualTo("{\"retry\":false,\"circuitBreaker\":true}");
                    assertThat(post(client, "{\"retry\":\"maybe\"}").getStatusCode())
                            .isEqualTo(HttpStatus.BAD_REQUEST);
                    assertThat(overJmx(true)).containsEntry("retry", true);
                },
                RETRIES,
                "management.endpoint.evenkeel.access=unrestricted",
                "spring.jmx.enabled=true",
                "management.endpoints.jmx.exposure.include=evenkeel");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> overJmx(boolean retry) {
        try {
            return (Map<String, Object>) ManagementFactory.getPlatformMBeanServer()
                    .invoke(
                            new ObjectName("org.springframework.boot:type=Endpoint,name=Evenkeel"),
                            "switchPolicies",
                            new Object[] {"default", retry, null, null},
                            new String[] {
                                String.class.getName(),
                                Boolean.class.getName(),
                                Boolean.class.getName(),
                                Object.class.getName()
                            });
        } catch (Exception ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static ResponseEntity<String> post(RestClient client, String body) {
        return client.post()
                .uri("/default")
                .contentType(MediaType.APPLICATION_JSON)
                .body(body)
                .retrieve()
                .onStatus(status -> true, (request, response) -> {})
                .toEntity(String.class);
    }

    private void inApplication(Consumer<RestClient> test, String... properties) {
        // Of the two servers among the libraries of the tests each would bring its own management server.
        SpringApplication application = new SpringApplication(
                new DefaultResourceLoader(new FilteredClassLoader("org.eclipse.jetty")), Application.class);
        List<String> arguments = new ArrayList<>(List.of("--server.port=0", "--" + ALL));
        for (String property : properties) {
            arguments.add("--" + property);
        }
        try (ConfigurableApplicationContext context = application.run(arguments.toArray(new String[0]))) {
            String port = context.getEnvironment().getProperty("local.server.port");
            context.getBean(RestClient.class);
            test.accept(RestClient.create("http://localhost:" + port + "/actuator/evenkeel"));
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}

    private record User(String name) implements SecurityContext {

        @Override
        public java.security.Principal getPrincipal() {
            return () -> this.name;
        }

        @Override
        public boolean isUserInRole(String role) {
            return false;
        }
    }
}
