// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Lazy;
import org.springframework.resilience.annotation.Retryable;
import org.springframework.stereotype.Component;
import org.springframework.web.client.RestClient;

/** Who is told that their retries multiply. */
@ExtendWith(OutputCaptureExtension.class)
class NestedRetriesTests {

    private static final String NESTED = "repeats its calls";

    private final ApplicationContextRunner runner = Contexts.plain()
            .withPropertyValues(
                    "evenkeel.clients.payments.base-url=http://localhost",
                    "evenkeel.clients.payments.retry.enabled=true");

    @Retryable(maxRetries = 3)
    static class OfType {
        OfType(@Qualifier("payments") RestClient client) {}
    }

    static class OfMethod {
        OfMethod(@Qualifier("payments") RestClient client) {}

        @Retryable(maxRetriesString = "${some.number:5}")
        void pay() {}
    }

    interface Payments {
        @Retryable
        void pay();
    }

    static class OfInterface implements Payments {
        OfInterface(Gateway gateway) {}

        @Override
        public void pay() {}
    }

    static class Gateway {
        Gateway(@Qualifier("payments") RestClient client) {}
    }

    static class OfDefault {
        OfDefault(RestClient.Builder builder) {}

        @Retryable
        void pay() {}
    }

    static class WithoutClient {
        @Retryable
        void pay() {}
    }

    static class WithoutAnnotation {
        WithoutAnnotation(@Qualifier("payments") RestClient client) {}
    }

    @Lazy
    @Component
    static class NeverMade {
        NeverMade() {
            throw new IllegalStateException("nobody asked for it");
        }

        @Retryable
        void pay() {}
    }

    @Test
    void theAnnotationOfATypeIsFound(CapturedOutput log) {
        this.runner
                .withBean("orders", OfType.class)
                .run(
                        context -> assertThat(log)
                                .containsOnlyOnce("WARN")
                                .contains(
                                        "bean 'orders' repeats its calls (@Retryable on OfType, 4 attempts), and client 'payments' sends each up "
                                                + "to 3 times: one call can become 12 requests. Let one of the two do it: write "
                                                + "'evenkeel.clients.payments.retry.enabled: false', or do without the annotation (docs/retries.md)"));
    }

    @Test
    void theAnnotationOfAMethodIsFoundWhoseNumberIsText(CapturedOutput log) {
        this.runner
                .withBean("orders", OfMethod.class)
                .run(
                        context -> assertThat(log)
                                .contains(
                                        "(@Retryable on OfMethod.pay), and client 'payments' sends each up to 3 times. Let one"));
    }

    @Test
    void theAnnotationOfAnInterfaceIsFoundAndTheClientBehindAnotherBean(CapturedOutput log) {
        this.runner
                .withBean(Gateway.class)
                .withBean("orders", OfInterface.class)
                .run(
                        context -> assertThat(log)
                                .contains(
                                        "bean 'orders' repeats its calls (@Retryable on OfInterface.pay, 4 attempts), and client 'payments'"));
    }

    @Test
    void aClientThatIsBuiltWithTheBuilderIsOne(CapturedOutput log) {
        this.runner
                .withPropertyValues("evenkeel.retry.enabled=true", "evenkeel.retry.max-retries=1")
                .withBean("orders", OfDefault.class)
                .run(context -> assertThat(log)
                        .contains("and client 'default' sends each up to 2 times: one call can become 8 requests")
                        .contains("'evenkeel.retry.enabled: false'"));
    }

    @Test
    void nobodyIsToldWhoHasNoRetries(CapturedOutput log) {
        Contexts.plain()
                .withPropertyValues("evenkeel.clients.payments.base-url=http://localhost")
                .withBean(OfType.class)
                .run(context -> assertThat(log).doesNotContain(NESTED));
    }

    @Test
    void nobodyIsToldWhoCallsWithoutAClientOrWithoutRepeating(CapturedOutput log) {
        this.runner
                .withBean(WithoutClient.class)
                .withBean(WithoutAnnotation.class)
                .run(context -> assertThat(log).doesNotContain(NESTED));
    }

    @Test
    void nothingIsInstantiatedToFindOut() {
        this.runner
                .withUserConfiguration(NeverMade.class)
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void withoutTheAnnotationsNobodyIsTold(CapturedOutput log) {
        this.runner
                .withClassLoader(new FilteredClassLoader("org.springframework.resilience"))
                .withBean(WithoutAnnotation.class)
                .run(context -> assertThat(context).hasNotFailed());
        assertThat(log).doesNotContain(NESTED);
    }
}
