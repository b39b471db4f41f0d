// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.testing.TestTls;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.client.RestClient;
import org.springframework.web.service.annotation.GetExchange;
import org.springframework.web.service.registry.ImportHttpServices;

/** What the log says at the start of each client with a name. */
@ExtendWith(OutputCaptureExtension.class)
class ClientReportTests {

    @Test
    void saysWhatAClientIsAndWhereItIsWritten(CapturedOutput output) {
        yaml("""
                        evenkeel:
                          pool.max-size: 2
                          clients:
                            payments:
                              base-url: https://api.example.com
                              read-timeout: 5s
                              pool.max-size: 4
                              pool.max-overflow: 96
                        """)
                .withUserConfiguration(Services.class)
                .run(context -> assertThat(output)
                        .contains("client payments: https://api.example.com (application.yml:5), group 'payments';"
                                + " 4 idle connections kept per route, at most 100 open (application.yml:7,"
                                + " application.yml:8); connect 2s, read 5s (application.yml:6); replay on; retry off; breaker off"
                                + System.lineSeparator()));
    }

    @Test
    void saysOfTheExampleOfThePageWhatThePageSays(CapturedOutput output) throws IOException {
        String page = Files.readString(Path.of("../docs/clients.md"));
        yaml(between(page, "```yaml\n", "```"))
                .withUserConfiguration(Services.class)
                .withPropertyValues(
                        "PAYMENTS_KEY=secret",
                        "spring.ssl.bundle.jks.partner.truststore.location=" + TestTls.TRUST_STORE,
                        "spring.ssl.bundle.jks.partner.truststore.password=" + TestTls.PASSWORD)
                .run(context -> assertThat(output)
                        .contains(between(page, "```\nclient payments", "\n```"))
                        .contains("client stock-quotes: https://quotes.example.org")
                        .doesNotContain("secret"));
    }

    private static String between(String text, String start, String end) {
        int from = text.indexOf(start) + start.length();
        return text.substring(from, text.indexOf(end, from));
    }

    @Test
    void saysALineForEachClientBehindTheOneWithoutName(CapturedOutput output) {
        yaml("evenkeel.clients: {one: {}, two: {}}")
                .run(context -> assertThat(output.toString())
                        .containsSubsequence(
                                "client default: ",
                                "client one: no base URL; 1 idle",
                                "client two: no base URL; 1 idle"));
    }

    @Test
    void saysWhichVariableOrOptionIsMeant(CapturedOutput output) {
        yaml("evenkeel.clients.payments.replay.enabled: true")
                .withInitializer(Environments.variables("EVENKEEL_CLIENTS_PAYMENTS_READTIMEOUT", "5s"))
                .withSystemProperties("evenkeel.clients.payments.connect-timeout=1s")
                .withPropertyValues("evenkeel.clients.payments.replay.enabled=false")
                .run(context -> assertThat(output)
                        .contains("connect 1s (system property), read 5s (EVENKEEL_CLIENTS_PAYMENTS_READTIMEOUT);"
                                + " replay off (property source 'test')"));
    }

    @Test
    void saysWhereAValueOfAllIsWritten(CapturedOutput output) {
        yaml("""
                        evenkeel:
                          pool: {max-size: 2, max-idle: 50}
                          replay.enabled: false
                          proxy.url: http://localhost:1
                          clients.payments.connect-timeout: 1s
                        spring.http.clients.read-timeout: 9s
                        """)
                .run(context -> assertThat(output)
                        .contains("client default: 2 idle connections kept per route, at most 101 open"
                                + " (application.yml:2); connect 2s, read 9s (application.yml:6); replay off"
                                + " (application.yml:3); retry off; breaker off; proxy localhost:1 (application.yml:4)"
                                + System.lineSeparator())
                        .contains("client payments: no base URL; 2 idle connections kept per route, at most 101 open"
                                + " (application.yml:2); connect 1s (application.yml:5), read 9s (application.yml:6); replay"
                                + " off (application.yml:3); retry off; breaker off; proxy localhost:1 (application.yml:4)"
                                + System.lineSeparator()));
    }

    @Test
    void saysHowOftenACallIsSentAgain(CapturedOutput output) {
        yaml("""
                        evenkeel:
                          retry: {enabled: true, delay: 200ms}
                          clients:
                            payments.retry.max-retries: 3
                            orders.retry: {delay: 1s, budget.ratio: 0.2}
                            reports.retry: {enabled: false, delay: 1s}
                        """)
                .run(
                        context -> assertThat(output)
                                .containsPattern(
                                        "client default: .*; replay on; retry 2 \\(application.yml:2\\); breaker on\\R")
                                .containsPattern("client payments: .*; replay on; retry 3 \\(application.yml:2,"
                                        + " application.yml:4\\); breaker on\\R")
                                .containsPattern(
                                        "client orders: .*; retry 2 \\(application.yml:2\\); breaker on; also set: retry.delay"
                                                + " \\(application.yml:5\\), retry.budget.ratio \\(application.yml:5\\)\\R")
                                .containsPattern(
                                        "client reports: .*; retry off \\(application.yml:6\\); breaker off; also set: retry.delay"));
    }

    @Test
    void saysWhetherThereAreBreakersAndWhereThatIsWritten(CapturedOutput output) {
        yaml("""
                        evenkeel:
                          retry.enabled: true
                          clients:
                            payments.circuit-breaker.enabled: false
                            orders.circuit-breaker: {enabled: true, sliding-window-size: 40}
                            reports.retry.enabled: false
                        """)
                .run(context -> assertThat(output)
                        .containsPattern("client default: .*; retry 2 \\(application.yml:2\\); breaker on\\R")
                        .containsPattern("client payments: .*; breaker off \\(application.yml:4\\)\\R")
                        .containsPattern("client orders: .*; breaker on \\(application.yml:5\\);"
                                + " also set: circuit-breaker.sliding-window-size \\(application.yml:5\\)\\R")
                        .containsPattern("client reports: .*; retry off \\(application.yml:6\\); breaker off\\R"));
    }

    @Test
    void warnsOfAProxyThatAClientWithoutPoolsDoesNotGoThrough(CapturedOutput output) {
        yaml("evenkeel.clients: {payments: {enabled: false, proxy.url: 'http://localhost:1'}, orders: {enabled: false}}")
                .run(context -> assertThat(output)
                        .containsPattern("WARN.*client payments: it does not go through the proxy that"
                                + " 'evenkeel.clients.payments.proxy.url' \\(application.yml:1\\) names: it is left to Spring"
                                + " Boot")
                        .doesNotContain("client orders: it does"));
    }

    @Test
    void warnsOfAProxyThatAnotherLibraryDoesNotGoThrough(CapturedOutput output) {
        yaml("evenkeel.clients.payments.proxy.url: http://localhost:1")
                .withPropertyValues("spring.http.clients.imperative.factory=jdk")
                .run(context -> assertThat(output)
                        .containsPattern("WARN.*client payments: it does not go .* made by JdkClientHttp"));
    }

    @Test
    void namesWhatElseIsSetWithoutItsValue(CapturedOutput output) {
        yaml("""
                        evenkeel.clients.payments:
                          default-header: {X-Api-Key: secret, X-Tenant: [one, two]}
                          redirects: dont-follow
                          pool.max-idle: 50
                          idempotency-header: X-Once
                        """)
                .run(context -> assertThat(output)
                        .contains(
                                "replay on; retry off; breaker off; also set: redirects (application.yml:3), pool.max-idle (application.yml:4),"
                                        + " idempotency-header (application.yml:5), default-header.X-Api-Key (application.yml:2)")
                        .doesNotContain("secret", "dont-follow"));
    }

    @Test
    void doesNotTellThePathOfABaseUrlWhichMayBeASecret(CapturedOutput output) {
        yaml("evenkeel.clients.payments.base-url: https://hooks.example.com:8443/services/canary")
                .run(context -> assertThat(output)
                        .contains("client payments: https://hooks.example.com:8443 (application.yml:1); 1 idle")
                        .doesNotContain("services", "canary"));
    }

    @Test
    void saysOnlyThatABeanOfTheApplicationIsUsedInItsPlace(CapturedOutput output) {
        yaml("evenkeel.clients.payments.pool.max-size: 3")
                .withBean("paymentsRestClient", RestClient.class, RestClient::create)
                .run(context -> assertThat(output)
                        .contains(
                                "client payments: the application's own bean 'paymentsRestClient' is used in its place"
                                        + System.lineSeparator())
                        .doesNotContain("3 idle"));
    }

    @Test
    void saysWhatAppliesToTheGroupOfABeanOfTheApplication(CapturedOutput output) {
        yaml("evenkeel.clients.payments.pool.max-size: 3")
                .withUserConfiguration(Services.class)
                .withBean("payments", RestClient.class, RestClient::create)
                .run(context -> assertThat(output)
                        .contains("client payments: the application's own bean 'payments' is used in its place; no base"
                                + " URL, group 'payments'; 3 idle connections kept"));
    }

    @Test
    void namesWhatLosesAgainstAnotherKey(CapturedOutput output) {
        yaml("""
                        evenkeel.clients.payments:
                          read-timeout: 5s
                          default-header.X-One: secret
                        spring.http.serviceclient.payments:
                          read-timeout: 6s
                          connect-timeout: 1s
                          default-header.X-One: hidden
                          default-header.X-Two: hidden
                        """)
                .run(context -> assertThat(output)
                        .contains("connect 1s (application.yml:6), read 5s (application.yml:2)")
                        .contains(
                                "client payments: 'evenkeel.clients.payments.read-timeout' (application.yml:2) is used,"
                                        + " and 'spring.http.serviceclient.payments.read-timeout' (application.yml:5) is not")
                        .contains(
                                "client payments: 'evenkeel.clients.payments.default-header.X-One' (application.yml:3)"
                                        + " is used, and 'spring.http.serviceclient.payments.default-header.X-One'"
                                        + " (application.yml:7) is not")
                        .doesNotContain("secret", "hidden"));
    }

    @Test
    void aDefaultForAllThatAClientOverridesIsNoLoser(CapturedOutput output) {
        yaml("{evenkeel: {pool.max-size: 2, clients.payments.pool.max-size: 3},"
                        + " spring.http.clients.read-timeout: 2s}")
                .withPropertyValues("evenkeel.clients.payments.read-timeout=3s")
                .run(context -> assertThat(output).doesNotContain("is not"));
    }

    @Test
    void saysThatAClientIsSwitchedOff(CapturedOutput output) {
        yaml("evenkeel.clients.payments: {enabled: false, read-timeout: 5s, pool.max-size: 3}")
                .run(context -> assertThat(output)
                        .contains("client payments: no base URL; left to Spring Boot (application.yml:1); read 5s"
                                + " (application.yml:1)" + System.lineSeparator()));
    }

    @Test
    void saysThatAnotherLibraryMakesTheClients(CapturedOutput output) {
        yaml("evenkeel.clients.payments: {read-timeout: 5s, pool.max-size: 3}")
                .withPropertyValues("spring.http.clients.imperative.factory=jdk")
                .run(context -> assertThat(output)
                        .contains("Evenkeel carries nothing: 'spring.http.clients.imperative.factory' is 'jdk'")
                        .contains(
                                "client payments: no base URL; made by JdkClientHttpRequestFactoryBuilder, so that no key"
                                        + " of Evenkeel has an effect; read 5s (application.yml:1)"));
    }

    @Test
    void saysThatABuilderOfTheApplicationIsLeftAlone(CapturedOutput output) {
        yaml("evenkeel.clients.payments.pool.max-size: 3")
                .withBean("own", ClientHttpRequestFactoryBuilder.class, ClientHttpRequestFactoryBuilder::simple)
                .run(context -> assertThat(output)
                        .contains("Evenkeel carries clients with a name only: the application has its own"
                                + " ClientHttpRequestFactoryBuilder, bean 'own'")
                        .contains("client payments: no base URL; 3 idle connections kept"));
    }

    private static ApplicationContextRunner yaml(String yaml) {
        return Contexts.plain().withInitializer(Environments.yaml(yaml));
    }

    interface Payments {

        @GetExchange("/hello")
        String get();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportHttpServices(group = "payments", types = Payments.class)
    static class Services {}
}
