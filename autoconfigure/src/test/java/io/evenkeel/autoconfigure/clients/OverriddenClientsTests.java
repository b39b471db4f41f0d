// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.bean.override.convention.TestBean;
import org.springframework.test.context.bean.override.mockito.MockitoBean;
import org.springframework.web.client.RestClient;

/** What a test puts in the place of a client is found by whoever asks for the client. */
class OverriddenClientsTests {

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "evenkeel.clients.payments.read-timeout=5s")
    class ByAMock {

        @MockitoBean(name = "paymentsRestClient")
        RestClient mock;

        @Test
        void isFound(@Autowired Consumer consumer) {
            assertThat(consumer.byQualifier()).isSameAs(this.mock);
            assertThat(consumer.byName()).isSameAs(this.mock);
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "evenkeel.clients.payments.read-timeout=5s")
    class ByAMockWithTheQualifier {

        @MockitoBean
        @Qualifier("payments")
        RestClient mock;

        @Test
        void isFound(@Autowired Consumer consumer) {
            assertThat(consumer.byQualifier()).isSameAs(this.mock);
            assertThat(consumer.byName()).isSameAs(this.mock);
        }
    }

    @Nested
    @SpringBootTest(
            classes = Application.class,
            webEnvironment = WebEnvironment.NONE,
            properties = "evenkeel.clients.payments.read-timeout=5s")
    class ByATestBean {

        @TestBean(
                name = "paymentsRestClient",
                methodName = "io.evenkeel.autoconfigure.clients.OverriddenClientsTests#replacement")
        RestClient replacement;

        @Test
        void isFound(@Autowired Consumer consumer) {
            assertThat(consumer.byQualifier()).isSameAs(this.replacement);
            assertThat(consumer.byName()).isSameAs(this.replacement);
        }
    }

    @Nested
    @SpringBootTest(
            classes = {Application.class, OwnPayments.class},
            webEnvironment = WebEnvironment.NONE,
            properties = "evenkeel.clients.payments.read-timeout=5s")
    class ByABeanOfTheConfigurationOfTheTest {

        @Test
        void isFound(@Autowired Consumer consumer, @Autowired @Qualifier("paymentsRestClient") RestClient own) {
            assertThat(consumer.byQualifier()).isSameAs(own);
            assertThat(consumer.byName()).isSameAs(own);
        }
    }

    static RestClient replacement() {
        return RestClient.create();
    }

    record Consumer(RestClient byQualifier, RestClient byName) {}

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        Consumer consumer(@Qualifier("payments") RestClient client, RestClient payments) {
            return new Consumer(client, payments);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnPayments {

        @Bean
        RestClient paymentsRestClient() {
            return RestClient.create();
        }
    }
}
