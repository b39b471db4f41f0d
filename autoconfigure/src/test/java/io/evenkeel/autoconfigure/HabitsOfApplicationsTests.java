// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** Applications that put their context together in another way than most. */
class HabitsOfApplicationsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void clientsCallInAnApplicationThatInitializesItsBeansLazily() throws Exception {
        try (ScriptedServer server = ScriptedServer.http().start()) {
            named(server)
                    .withInitializer(context ->
                            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                    .withUserConfiguration(Shop.class)
                    .run(context -> {
                        assertThat(context.getBeanFactory().containsSingleton("shop"))
                                .isFalse();

                        context.getBean("shop", Order.class).place();

                        assertThat(server.requests()).hasSize(1);
                    });
        }
    }

    @Test
    void aWrongSettingStopsALazyApplicationToo() {
        Contexts.plain()
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withPropertyValues("evenkeel.pool.max-size=-1")
                .run(context -> assertThat(context).getFailure().hasMessageContaining("evenkeel.pool.max-size"));
    }

    @Test
    void clientsMayBePartOfACircleThatTheApplicationAllows() throws Exception {
        try (ScriptedServer server = ScriptedServer.http().start()) {
            named(server)
                    .withAllowCircularReferences(true)
                    .withBean(Left.class)
                    .withBean(Right.class)
                    .run(context -> {
                        context.getBean(Left.class)
                                .client
                                .get()
                                .uri("/")
                                .retrieve()
                                .toBodilessEntity();

                        assertThat(server.requests()).hasSize(1);
                        assertThat(context.getBean(Right.class).left.right).isSameAs(context.getBean(Right.class));
                        assertThat(context.getBean(Right.class).client).isNotNull();
                    });
        }
    }

    private static ApplicationContextRunner named(ScriptedServer server) {
        return Contexts.plain().withPropertyValues("evenkeel.clients.shop.base-url=" + server.uri("/"));
    }

    /** Uses a client when it is asked to. */
    record Order(RestClient client) {

        void place() {
            this.client.get().uri("/").retrieve().toBodilessEntity();
        }
    }

    static class Left {

        @Autowired
        private Right right;

        @Autowired
        @Qualifier("shop")
        private RestClient client;
    }

    static class Right {

        @Autowired
        private Left left;

        @Autowired
        private RestClient client;
    }

    @Configuration(proxyBeanMethods = false)
    static class Shop {

        @Bean
        Order shop(@Qualifier("shop") RestClient client) {
            return new Order(client);
        }
    }
}
