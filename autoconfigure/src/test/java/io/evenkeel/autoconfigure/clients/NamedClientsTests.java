// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.client.NamedClients;
import io.evenkeel.transport.ConnectionPools;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;

/** Clients with a name are beans that nobody meets by accident, and entries of a registry. */
@ExtendWith(OutputCaptureExtension.class)
class NamedClientsTests {

    private static final String PAYMENTS = "evenkeel.clients.payments.base-url=http://localhost:1";
    private static final String ORDERS = "evenkeel.clients.orders.base-url=http://localhost:2";

    @ParameterizedTest
    @CsvSource({
        "payments, paymentsRestClient",
        "myGroup, myGroupRestClient",
        "my-group, myGroupRestClient",
        "my_group, myGroupRestClient",
        "MyGroup, myGroupRestClient",
        "a-b-c, aBCRestClient",
        "my-2nd-group, my2ndGroupRestClient",
        "2nd, 2ndRestClient",
        "group-, groupRestClient"
    })
    void areBeansWhoseNamesAreMadeOfTheirs(String name, String bean) {
        with("evenkeel.clients." + name + ".base-url=http://localhost:1")
                .run(context -> assertThat(context).getBean(bean).isInstanceOf(RestClient.class));
    }

    @Test
    void areInjectedByTheirName() {
        with(PAYMENTS, ORDERS).withUserConfiguration(Injected.class).run(context -> {
            Injected injected = context.getBean(Injected.class);
            assertThat(injected.payments).isSameAs(context.getBean("paymentsRestClient"));
            assertThat(injected.orders).isSameAs(context.getBean("ordersRestClient"));
            assertThat(injected.payments).isNotSameAs(injected.orders);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {PAYMENTS, PAYMENTS + "," + ORDERS})
    void areNotWhatIsInjectedByType(String properties) {
        with(properties.split(",")).withUserConfiguration(InjectedByType.class).run(context -> {
            Object ofAll = context.getBean("evenkeelRestClient");
            assertThat(context.getBean(InjectedByType.class).client).isSameAs(ofAll);
            assertThat(context.getBean(InjectedByType.class).provider.orderedStream())
                    .singleElement()
                    .isSameAs(ofAll);
            assertThat(context.getBean(RestClient.class)).isSameAs(ofAll);
            assertThat(context.getBeanProvider(RestClient.class).getIfAvailable())
                    .isSameAs(ofAll);
        });
    }

    @Test
    void areNotAmongThoseThatAreInjectedByTypeAsAMap() {
        with(PAYMENTS, ORDERS)
                .withUserConfiguration(OwnClient.class, InjectedMap.class)
                .run(context ->
                        assertThat(context.getBean(InjectedMap.class).all).containsOnlyKeys("own"));
    }

    @Test
    void leaveRoomForAClientOfTheApplication() {
        with(PAYMENTS)
                .withUserConfiguration(OwnClient.class)
                .run(context -> assertThat(context.getBean(RestClient.class)).isSameAs(context.getBean("own")));
    }

    @Test
    void leaveRoomForOtherAutoConfigurations() {
        with(PAYMENTS).run(context -> assertThat(context).hasBean("evenkeelRestClient"));
    }

    @Test
    void giveWayToABeanOfTheApplication(CapturedOutput output) {
        RestClient own = RestClient.create();
        with(PAYMENTS)
                .withBean("paymentsRestClient", RestClient.class, () -> own)
                .run(context -> {
                    assertThat(context.getBean("paymentsRestClient")).isSameAs(own);
                    assertThat(context.getBean(NamedClients.class).get("payments"))
                            .isSameAs(own);
                    assertThat(output)
                            .contains("client payments: the application's own bean 'paymentsRestClient' is used");
                });
    }

    @Test
    void areInjectedByTheirNameIfTheyAreABeanOfTheApplication() {
        RestClient own = RestClient.create();
        with(PAYMENTS, ORDERS)
                .withBean("paymentsRestClient", RestClient.class, () -> own)
                .withUserConfiguration(Injected.class)
                .run(context ->
                        assertThat(context.getBean(Injected.class).payments).isSameAs(own));
    }

    @Test
    void giveWayToABeanOfTheApplicationThatHasTheirVeryName(CapturedOutput output) {
        RestClient own = RestClient.create();
        with(PAYMENTS, ORDERS)
                .withBean("payments", RestClient.class, () -> own)
                .withUserConfiguration(Injected.class)
                .run(context -> {
                    assertThat(context.getBean(Injected.class).payments).isSameAs(own);
                    assertThat(context.getBean("paymentsRestClient")).isSameAs(own);
                    assertThat(context.getBean(NamedClients.class).get("payments"))
                            .isSameAs(own);
                    assertThat(output).contains("client payments: the application's own bean 'payments' is used");
                });
    }

    @Test
    void leaveTheirNameToABeanOfAnotherKind(CapturedOutput output) {
        with(PAYMENTS, ORDERS)
                .withBean("payments", String.class, () -> "text")
                .withUserConfiguration(Injected.class)
                .run(context -> assertThat(context.getBean(Injected.class).payments)
                        .isSameAs(context.getBean("paymentsRestClient")));
        assertThat(output).doesNotContain("WARN");
    }

    @Test
    void warnIfTheirNameIsTakenSoThatItDoesNotLeadToABeanOfTheApplication(CapturedOutput output) {
        with(PAYMENTS)
                .withBean("payments", String.class, () -> "text")
                .withBean("paymentsRestClient", RestClient.class, RestClient::create)
                .run(context -> assertThat(output)
                        .containsPattern(
                                "WARN.*client payments: .*'paymentsRestClient' .*@Qualifier\\(\"payments\"\\)"));
    }

    @Test
    void doNotGiveWayToThoseOfAParentContext() {
        with(PAYMENTS)
                .run(parent -> with("evenkeel.clients.payments.base-url=http://localhost:2")
                        .withParent(parent)
                        .run(context -> {
                            assertThat(context.getBean("paymentsRestClient"))
                                    .isNotSameAs(parent.getBean("paymentsRestClient"));
                            assertThat(context.getBean(NamedClients.class).get("payments"))
                                    .isSameAs(context.getBean("paymentsRestClient"));
                        }));
    }

    @Test
    void refuseABeanOfTheApplicationThatIsNoClient() {
        with(PAYMENTS)
                .withBean("paymentsRestClient", String.class, () -> "text")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContainingAll("payments", "'paymentsRestClient'", "java.lang.String"));
    }

    @Test
    void areMadeWhenTheyAreAskedFor() {
        with(PAYMENTS)
                .run(context -> assertThat(context.getBeanFactory().containsSingleton("paymentsRestClient"))
                        .isFalse());
    }

    @Test
    void areEntriesOfARegistry() {
        with(PAYMENTS, ORDERS).run(context -> {
            NamedClients clients = context.getBean(NamedClients.class);
            assertThat(clients.names()).containsExactlyInAnyOrder("payments", "orders");
            assertThat(clients.get("payments")).isSameAs(context.getBean("paymentsRestClient"));
            assertThat(clients.builder("payments")).isNotSameAs(clients.builder("payments"));
        });
    }

    @Test
    void areNotFoundUnderAnotherName() {
        with(PAYMENTS, ORDERS).run(context -> {
            NamedClients clients = context.getBean(NamedClients.class);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clients.get("paymets"))
                    .withMessageContainingAll(
                            "There is no client 'paymets' below 'evenkeel.clients'. Did you mean 'payments'? There are: ",
                            "orders");
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clients.builder("stock"))
                    .withMessageContaining("There are: ")
                    .withMessageNotContaining("Did you mean");
        });
    }

    @Test
    void mayBeNone() {
        with().run(context -> {
            NamedClients clients = context.getBean(NamedClients.class);
            assertThat(clients.names()).isEmpty();
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> clients.get("payments"))
                    .withMessage("There is no client 'payments' below 'evenkeel.clients'. There is none at all.");
        });
    }

    @Test
    void stayWhenEvenkeelIsSwitchedOff() {
        with(PAYMENTS, ORDERS, "evenkeel.enabled=false")
                .withUserConfiguration(Injected.class)
                .run(context -> {
                    assertThat(context.getBean(Injected.class).payments)
                            .isSameAs(context.getBean("paymentsRestClient"));
                    assertThat(context.getBean(NamedClients.class).names())
                            .containsExactlyInAnyOrder("payments", "orders");
                    assertThat(context).doesNotHaveBean(ConnectionPools.class);
                });
    }

    @Test
    void workWithoutMicrometer() {
        with(PAYMENTS)
                .withClassLoader(new FilteredClassLoader("io.micrometer"))
                .run(context -> assertThat(context).hasBean("paymentsRestClient"));
    }

    @Test
    void areNotThereWithoutSpringBootsRestClientModule() {
        Contexts.withoutRestClientModule()
                .withPropertyValues(PAYMENTS)
                .withClassLoader(new FilteredClassLoader("org.springframework.boot.restclient"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(context).doesNotHaveBean("paymentsRestClient");
                });
    }

    @Test
    void workWithLazyInitialization() {
        with(PAYMENTS)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context ->
                        assertThat(context.getBean("paymentsRestClient")).isNotNull());
    }

    @Test
    void workInAReactiveApplication() {
        Contexts.reactive().withPropertyValues(PAYMENTS).run(context -> {
            assertThat(context.getBean("paymentsRestClient")).isNotNull();
            assertThat(context).hasSingleBean(ConnectionPools.class);
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"{}", "''", ""})
    void mayHaveNoSettingsOfTheirOwn(String entry) {
        with().withInitializer(Environments.yaml("evenkeel.clients.payments: " + entry))
                .run(context ->
                        assertThat(context.getBean("paymentsRestClient")).isNotNull());
    }

    private static ApplicationContextRunner with(String... properties) {
        return Contexts.plain().withPropertyValues(properties);
    }

    @Configuration(proxyBeanMethods = false)
    static class Injected {

        @Autowired
        @Qualifier("payments")
        RestClient payments;

        @Autowired
        @Qualifier("orders")
        RestClient orders;
    }

    @Configuration(proxyBeanMethods = false)
    static class InjectedByType {

        @Autowired
        RestClient client;

        @Autowired
        ObjectProvider<RestClient> provider;
    }

    @Configuration(proxyBeanMethods = false)
    static class InjectedMap {

        @Autowired
        Map<String, RestClient> all;
    }

    @Configuration(proxyBeanMethods = false)
    static class OwnClient {

        @Bean
        @ConditionalOnMissingBean
        RestClient own() {
            return RestClient.create();
        }
    }
}
