// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatException;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelClientsAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.ssl.SslAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.http.client.autoconfigure.HttpClientAutoConfiguration;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientAutoConfiguration;
import org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.StringUtils;
import org.springframework.web.client.RestClient;

/** One start tells all that is wrong. */
@ExtendWith(OutputCaptureExtension.class)
class SettingsCheckTests {

    /** Properties, separated by '&'; all keys that are refused. 'C.' is a client, 'E.' an executor, 'A.' neither. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "A.pool.max-size=-1 & A.pool.acquire-timeout=-1s | A.pool.max-size A.pool.acquire-timeout",
                "A.pool.max-size=-1 & A.shutdown.timeout=-1s | A.pool.max-size A.shutdown.timeout",
                "A.pool.max-size=-1 & A.metrics.max-routes=0 & A.idempotency-header=Host"
                        + " | A.pool.max-size A.metrics.max-routes A.idempotency-header",
                "A.pool.max-idle=0 & A.pool.max-sise=3 | A.pool.max-idle A.pool.max-sise",
                "A.pool.acquire-timeout=10sec & A.pool.max-size=-1 | A.pool.acquire-timeout A.pool.max-size",
                "A.pool.acquire-timeout=10sec & A.pool.max-size=many | A.pool.acquire-timeout A.pool.max-size",
                "A.enabled=ture & A.pool.max-size=-1 | A.enabled A.pool.max-size",
                "A.enabled=ture & A.pol.max-size=1 | A.enabled A.pol.max-size",
                "A.unknown-keys=perhaps & A.pol.max-size=1 | A.unknown-keys A.pol.max-size",
                "A.pool=3 & A.replay.enabled=maybe | A.pool A.replay.enabled",
                "A.pool.idle-timeout= & A.pool.max-size=-1 | A.pool.idle-timeout A.pool.max-size",
                "A.max-response-headers=1 & A.max-response-head-size=1 | A.max-response-headers A.max-response-head-size",
                "A.pool.max-size=-1 & spring.http.clients.read-timeout=-1s | A.pool.max-size spring.http.clients.read-timeout",
                // what one wrong value makes of another is not told
                "A.pool.max-size=300 & A.pool.max-idle=lots | A.pool.max-idle",
                "A.pool.max-size=0 & A.pool.max-overflow=-1 | A.pool.max-overflow",
                "A.pool.idle-timeout=2m & A.pool.max-idle-timeout=1hour | A.pool.max-idle-timeout",
                "A.retry.max-delay=-1s & A.retry.enabled=true & A.retry.delay=1s | A.retry.max-delay",
                "A.retry.attempt-timeout=2s & A.retry.enabled=true & spring.http.clients.read-timeout=1us"
                        + " | spring.http.clients.read-timeout",
                "A.retry.enabled=true & A.call-timeout=1ms | A.call-timeout",
                // retries
                "A.retry.max-retries=0 & A.retry.delay=0 & A.retry.budget.ratio=7"
                        + " | A.retry.max-retries A.retry.delay A.retry.budget.ratio",
                "A.retry.delay=1s & C.retry.budget.burst=5 | A.retry.delay C.retry.budget.burst",
                "A.retry.delay=1s & C.retry.budget.burst=5 & A.clients.other.retry.enabled=true | C.retry.budget.burst",
                // circuit breakers
                "A.circuit-breaker.minimum-number-of-calls=0 & A.circuit-breaker.slow-call-rate-threshold=0"
                        + " | A.circuit-breaker.minimum-number-of-calls A.circuit-breaker.slow-call-rate-threshold",
                "A.circuit-breaker.per-route=false & C.circuit-breaker.per-route=true"
                        + " | A.circuit-breaker.per-route C.circuit-breaker.per-route",
                "A.retry.enabled=true & A.circuit-breaker.sliding-window-size=0 & A.circuit-breaker.minimum-number-of-calls=5"
                        + " | A.circuit-breaker.sliding-window-size",
                // proxies
                "A.proxy.url=proxy:1 & A.proxy.password=x | A.proxy.url A.proxy.password",
                "A.proxy.username=x & A.proxy.non-proxy-hosts=y | A.proxy.username A.proxy.non-proxy-hosts",
                "A.proxy.url=http://p:1 & A.proxy.non-proxy-hosts=a/8 & A.proxy.address-filter=no"
                        + " | A.proxy.non-proxy-hosts A.proxy.address-filter",
                // clients
                "C.pool.max-size=-1 & A.pool.max-overflow=-1 | C.pool.max-size A.pool.max-overflow",
                "C.base-url=ftp://a & C.read-timeout=5 & C.default-header.Host=${NOBODY_SETS} & C.ssl.bundle="
                        + " | C.base-url C.read-timeout C.default-header.Host C.ssl.bundle",
                "C.read-timeout=long & C.redirects=no & C.cookie-handling=yes | C.read-timeout C.redirects C.cookie-handling",
                "C.read-timeout=5 & A.clients.other.read-timeout=6 | C.read-timeout A.clients.other.read-timeout",
                "A.clients.default.read-timeout=5s & A.clients.42.read-timeout=5s & C.read-timeout=5"
                        + " | A.clients.<name> A.clients.<name> C.read-timeout",
                "A.clients.my=http://a & C.read-timeout=5 | A.clients.my C.read-timeout",
                // executors
                "E.pool.core-size=-1 & E.pool.keep-alive=30 & C.read-timeout=5"
                        + " | E.pool.core-size E.pool.keep-alive C.read-timeout",
                "E.threads=green & E.pool.queue-capacity=some | E.threads E.pool.queue-capacity",
                "E.pool.core-size=4 & E.pool.max-size=3 & A.pool.max-size=-1 | E.pool.max-size A.pool.max-size",
                "A.executors.taskExecutor.threads=auto & E.pool.max-size=0 | A.executors.<name> E.pool.max-size",
                "A.executors.other=4 & E.pool.max-size=0 | A.executors.other E.pool.max-size"
            })
    void allThatIsWrongIsToldAtOnce(String properties, String keys) {
        context()
                .withPropertyValues(
                        StringUtils.trimArrayElements(full(properties).split("&")))
                .run(context -> {
                    assertThat(context).getFailure().isInstanceOf(InvalidSettingException.class);
                    assertThat(Refused.keysOf(context.getStartupFailure()))
                            .containsExactlyInAnyOrder(full(keys).split(" "));
                });
    }

    @Test
    void theReportHasAllOfItAndBlamesNoBean(CapturedOutput output) {
        SpringApplication application = new SpringApplicationBuilder(Application.class)
                .web(WebApplicationType.NONE)
                .build();
        assertThatException()
                .isThrownBy(() -> application
                        .run(
                                "--evenkeel.pool.max-size=-1",
                                "--evenkeel.clients.payments.pool.acquire-timeout=10sec",
                                "--evenkeel.pool.max-sise=2")
                        .close());
        assertThat(output)
                .contains("3 settings are refused:")
                .contains("'evenkeel.pool.max-size' is '-1' (from the command line), but a number of connections")
                .contains("    Write 0 to keep none, or leave it out for the default of 1.")
                .contains(
                        "'evenkeel.clients.payments.pool.acquire-timeout' is '10sec' (from the command line), but it is no duration")
                .contains("    Did you mean 10s?")
                .contains("'evenkeel.pool.max-sise' (from the command line) is unknown")
                .contains("    Did you mean 'evenkeel.pool.max-size'?")
                .doesNotContain("Error creating bean", "Unsatisfied dependency", "innocent", "@DefaultValue");
    }

    @Test
    void aClientThatIsSwitchedOffIsJudgedByWhatSpringBootMakesOfIt() {
        context()
                .withPropertyValues(
                        full("C.enabled=false"),
                        full("C.pool.max-size=-1"),
                        full("C.pool.max-idle=-1"),
                        full("C.read-timeout=-1s"))
                .run(context -> assertThat(Refused.keysOf(context.getStartupFailure()))
                        .isEqualTo(List.of(full("C.read-timeout"))));
    }

    @Test
    void whatIsSwitchedOffAsAWholeIsNotJudged() {
        context()
                .withPropertyValues("evenkeel.enabled=false", "evenkeel.pool.max-size=many", "evenkeel.nonsense=1")
                .run(context -> assertThat(context).hasNotFailed());
    }

    @Test
    void anExecutorIsJudgedWithoutTheClients() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class))
                .withPropertyValues("evenkeel.executors.mail.pool.max-size=0", "evenkeel.pool.max-size=-1")
                .run(context -> assertThat(Refused.keysOf(context.getStartupFailure()))
                        .containsExactlyInAnyOrder("evenkeel.executors.mail.pool.max-size", "evenkeel.pool.max-size"));
    }

    private static ApplicationContextRunner context() {
        return Contexts.plain().withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class));
    }

    private static String full(String text) {
        return text.replaceAll("\\bC\\.", "evenkeel.clients.payments.")
                .replaceAll("\\bE\\.", "evenkeel.executors.mail.")
                .replaceAll("\\bA\\.", "evenkeel.");
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
    static class Application {

        @Bean
        String innocent(RestClient.Builder builder) {
            return builder.build().toString();
        }
    }
}
