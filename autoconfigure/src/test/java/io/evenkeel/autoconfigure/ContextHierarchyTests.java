// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.event.PoolSnapshot;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.transport.ConnectionPools;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** A context below one that has the pools shares them: each client has one pool, whatever the number of contexts. */
@ExtendWith(OutputCaptureExtension.class)
class ContextHierarchyTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private static final String PAYMENTS = "evenkeel.clients.payments.base-url=http://localhost:1";

    @Test
    void theChildSharesThePoolsOfItsParentAndSaysSo(CapturedOutput output) {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Parent.class)
                        .web(WebApplicationType.NONE)
                        .properties(PAYMENTS)
                        .child(Child.class)
                        .web(WebApplicationType.NONE)
                        .run();
                ConfigurableApplicationContext parent = parent(child)) {
            assertThat(child.getBeanNamesForType(ConnectionPools.class)).isEmpty();
            assertThat(child.getBean("paymentsRestClient"))
                    .isNotSameAs(parent(child).getBean("paymentsRestClient"));
            assertThat(clientsWithPools(child)).containsOnlyOnce("payments");
            assertThat(output)
                    .contains("with the connections and settings of its parent context '")
                    .doesNotContain("bean ''", "has its own ClientHttpRequestFactoryBuilder");
        }
    }

    @Test
    void siblingsShareThem() {
        SpringApplicationBuilder parent = new SpringApplicationBuilder(Parent.class)
                .web(WebApplicationType.NONE)
                .properties(PAYMENTS);
        SpringApplicationBuilder first = parent.child(Child.class).web(WebApplicationType.NONE);
        try (ConfigurableApplicationContext one = first.run();
                ConfigurableApplicationContext two =
                        first.sibling(Child.class).web(WebApplicationType.NONE).run();
                ConfigurableApplicationContext common = parent(one)) {
            one.getBean("paymentsRestClient");
            two.getBean("paymentsRestClient");
            assertThat(clientsWithPools(one)).containsOnlyOnce("payments");
            assertThat(clientsWithPools(two)).containsOnlyOnce("payments");
        }
    }

    @Test
    void aChildWithOtherLimitsHasAPoolOfItsOwnForThatClient() {
        Contexts.plain()
                .withPropertyValues(PAYMENTS)
                .run(parent -> Contexts.plain()
                        .withPropertyValues(PAYMENTS, "evenkeel.clients.payments.pool.max-size=7")
                        .withParent(parent)
                        .run(child -> {
                            Object ofParent = parent.getBean("paymentsRestClient");
                            Object ofChild = child.getBean("paymentsRestClient");
                            assertThat(clientsWithPools(child).stream().filter("payments"::equals))
                                    .hasSize(2);
                            assertThat(ofChild).isNotSameAs(ofParent);
                        }));
    }

    @Test
    void theEndOfTheChildIsNotThatOfThePools() {
        Contexts.plain().withPropertyValues(PAYMENTS).run(parent -> {
            RestClient client = parent.getBean("paymentsRestClient", RestClient.class);
            Contexts.plain().withPropertyValues(PAYMENTS).withParent(parent).run(child -> {});
            assertThat(clientsWithPools(parent)).contains("payments");
            assertThat(client).isSameAs(parent.getBean("paymentsRestClient"));
        });
    }

    @Test
    void aParentWithoutEvenkeelLeavesItToTheChild(CapturedOutput output) {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Bare.class)
                        .web(WebApplicationType.NONE)
                        .child(Child.class)
                        .web(WebApplicationType.NONE)
                        .run();
                ConfigurableApplicationContext parent = parent(child)) {
            assertThat(child.getBeanNamesForType(EvenkeelRequestFactoryBuilder.class))
                    .hasSize(1);
            assertThat(output).contains("Evenkeel carries RestClient").doesNotContain("parent context");
        }
    }

    @Test
    void aBuilderOfTheParentIsNamed(CapturedOutput output) {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(WithBuilder.class)
                        .web(WebApplicationType.NONE)
                        .child(Child.class)
                        .web(WebApplicationType.NONE)
                        .run();
                ConfigurableApplicationContext parent = parent(child)) {
            assertThat(child.getBeanNamesForType(ConnectionPools.class)).isEmpty();
            assertThat(output)
                    .contains("the application has its own ClientHttpRequestFactoryBuilder, bean 'ownBuilder'");
        }
    }

    @Test
    void executorsOfTheParentServeTheChild(CapturedOutput output) {
        try (ConfigurableApplicationContext child = new SpringApplicationBuilder(Parent.class)
                        .web(WebApplicationType.NONE)
                        .properties("evenkeel.executors.mail.pool.core-size=2")
                        .child(Child.class)
                        .web(WebApplicationType.NONE)
                        .run();
                ConfigurableApplicationContext parent = parent(child)) {
            assertThat(child.getBean("mail")).isSameAs(parent(child).getBean("mail"));
            assertThat(output).doesNotContain("the application's own bean of that name is used");
        }
    }

    private static ConfigurableApplicationContext parent(ConfigurableApplicationContext child) {
        return (ConfigurableApplicationContext) child.getParent();
    }

    private static List<String> clientsWithPools(ConfigurableApplicationContext context) {
        return context.getBean(ConnectionPools.class).snapshot().stream()
                .map(PoolSnapshot::client)
                .toList();
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Parent {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Child {}

    @Configuration(proxyBeanMethods = false)
    static class Bare {}

    @Configuration(proxyBeanMethods = false)
    static class WithBuilder {

        @Bean
        ClientHttpRequestFactoryBuilder<?> ownBuilder() {
            return ClientHttpRequestFactoryBuilder.simple();
        }
    }
}
