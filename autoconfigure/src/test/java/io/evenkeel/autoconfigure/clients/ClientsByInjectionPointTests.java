// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Primary;
import org.springframework.web.client.RestClient;

/** The name of a parameter or field selects a client, as it selects one of several beans elsewhere. */
@ExtendWith(OutputCaptureExtension.class)
class ClientsByInjectionPointTests {

    @Test
    void theNameOfAConstructorParameterSelects() {
        clients().withBean(ByParameter.class).run(context -> {
            ByParameter injected = context.getBean(ByParameter.class);
            assertThat(injected.payments).isSameAs(context.getBean("paymentsRestClient"));
            assertThat(injected.stock).isSameAs(context.getBean("stockQuotesRestClient"));
            assertThat(injected.client).isSameAs(context.getBean("evenkeelRestClient"));
        });
    }

    @Test
    void theNameOfTheBeanSelects() {
        clients().withBean(ByBeanName.class).run(context -> {
            ByBeanName injected = context.getBean(ByBeanName.class);
            assertThat(injected.byParameter).isSameAs(context.getBean("paymentsRestClient"));
            assertThat(injected.byQualifier).isSameAs(context.getBean("paymentsRestClient"));
        });
    }

    @Test
    void theNameOfAFieldSelects() {
        clients().withBean(ByField.class).run(context -> {
            ByField injected = context.getBean(ByField.class);
            Object payments = context.getBean("paymentsRestClient");
            assertThat(injected.payments).isSameAs(payments);
            assertThat(injected.stockQuotes.getObject()).isSameAs(context.getBean("stockQuotesRestClient"));
            assertThat(injected.paymentsRestClient).containsSame(injected.payments);
        });
    }

    @Test
    void theNameOfALazyParameterSelects() {
        clients()
                .withBean(ByLazyParameter.class)
                .run(context -> assertThat(
                                context.getBean(ByLazyParameter.class).payments.toString())
                        .isEqualTo(context.getBean("paymentsRestClient").toString()));
    }

    @Test
    void theParameterOfABeanMethodSelects() {
        clients()
                .withUserConfiguration(BeanMethod.class)
                .run(context -> assertThat(context.getBean("holder"))
                        .isEqualTo(List.of(context.getBean("paymentsRestClient"))));
    }

    @Test
    void aNameSelectsWhereTheApplicationHasAClientOfItsOwn() {
        clients().withUserConfiguration(Own.class).withBean(ByParameter.class).run(context -> {
            ByParameter injected = context.getBean(ByParameter.class);
            assertThat(injected.payments).isSameAs(context.getBean("paymentsRestClient"));
            assertThat(injected.client).isSameAs(context.getBean("own"));
        });
    }

    @Test
    void aPrimaryClientOfTheApplicationBeatsNames() {
        clients()
                .withUserConfiguration(OwnPrimary.class)
                .withBean(ByParameter.class)
                .run(context ->
                        assertThat(context.getBean(ByParameter.class).payments).isSameAs(context.getBean("own")));
    }

    @Test
    void aQualifierBeatsNames() {
        clients()
                .withUserConfiguration(Own.class)
                .withBean(Qualified.class)
                .run(context ->
                        assertThat(context.getBean(Qualified.class).payments).isSameAs(context.getBean("own")));
    }

    @Test
    void aClientOfTheApplicationThatHasTheVeryNameIsTheOne() {
        clients()
                .withBean("stockQuotes", RestClient.class, RestClient::create)
                .withBean(ByParameter.class)
                .run(context ->
                        assertThat(context.getBean(ByParameter.class).stock).isSameAs(context.getBean("stockQuotes")));
    }

    @Test
    void aBeanOfAnotherKindOfThatNameIsNotInTheWay() {
        clients()
                .withBean("payments", String.class, () -> "text")
                .withBean(ByParameter.class)
                .run(context -> assertThat(context.getBean(ByParameter.class).payments)
                        .isSameAs(context.getBean("paymentsRestClient")));
    }

    @Test
    void theNameOfACollectionIsNoneOfAClient() {
        clients().withBean(Collections.class).run(context -> {
            Collections injected = context.getBean(Collections.class);
            assertThat(injected.payments).containsOnlyKeys("evenkeelRestClient");
            assertThat(injected.stockQuotes).containsExactly((RestClient) context.getBean("evenkeelRestClient"));
        });
    }

    @Test
    void namesSelectWhenEvenkeelIsSwitchedOff() {
        clients()
                .withPropertyValues("evenkeel.enabled=false")
                .withBean(ByParameter.class)
                .run(context -> assertThat(context.getBean(ByParameter.class).payments)
                        .isSameAs(context.getBean("paymentsRestClient")));
    }

    @Test
    void withoutClientsTheContainerStaysAsItIs() {
        Contexts.plain()
                .run(context -> assertThat(
                                ((DefaultListableBeanFactory) context.getBeanFactory()).getAutowireCandidateResolver())
                        .isExactlyInstanceOf(ContextAnnotationAutowireCandidateResolver.class));
    }

    @Test
    void aResolverOfTheApplicationStaysAndTheLogSaysSo(CapturedOutput output) {
        clients()
                .withInitializer(context -> context.addBeanFactoryPostProcessor(
                        beans -> ((DefaultListableBeanFactory) beans).setAutowireCandidateResolver(new OwnResolver())))
                .withBean(ByParameter.class)
                .run(context -> {
                    assertThat(context.getBean(ByParameter.class).payments)
                            .isSameAs(context.getBean("evenkeelRestClient"));
                    assertThat(output)
                            .contains(
                                    "names of parameters and fields do not select clients: annotate them with @Qualifier");
                });
    }

    private static ApplicationContextRunner clients() {
        return Contexts.plain()
                .withPropertyValues(
                        "evenkeel.clients.payments.read-timeout=5s", "evenkeel.clients.stock-quotes.read-timeout=5s");
    }

    static final class ByParameter {

        private final RestClient payments;
        private final RestClient stock;
        private final RestClient client;

        ByParameter(RestClient payments, RestClient stockQuotes, RestClient client) {
            this.payments = payments;
            this.stock = stockQuotes;
            this.client = client;
        }
    }

    static final class ByBeanName {

        private final RestClient byParameter;
        private final RestClient byQualifier;

        ByBeanName(RestClient paymentsRestClient, @Qualifier("paymentsRestClient") RestClient client) {
            this.byParameter = paymentsRestClient;
            this.byQualifier = client;
        }
    }

    static final class ByLazyParameter {

        private final RestClient payments;

        ByLazyParameter(@Lazy RestClient payments) {
            this.payments = payments;
        }
    }

    static final class ByField {

        @Autowired
        private RestClient payments;

        @Autowired
        private ObjectProvider<RestClient> stockQuotes;

        @Autowired
        private Optional<RestClient> paymentsRestClient;
    }

    static final class Qualified {

        private final RestClient payments;

        Qualified(@Qualifier("own") RestClient payments) {
            this.payments = payments;
        }
    }

    static final class Collections {

        @Autowired
        private Map<String, RestClient> payments;

        @Autowired
        private List<RestClient> stockQuotes;
    }

    static final class OwnResolver extends ContextAnnotationAutowireCandidateResolver {}

    @Configuration(proxyBeanMethods = false)
    static class BeanMethod {

        @Bean
        List<RestClient> holder(RestClient payments) {
            return List.of(payments);
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Own {

        @Bean
        RestClient own() {
            return RestClient.create();
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnPrimary {

        @Bean
        @Primary
        RestClient own() {
            return RestClient.create();
        }
    }
}
