// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.SimpleCommandLinePropertySource;

/** Each message says in the same words where something is written. */
class OriginTextTests {

    private static final String KEY = "evenkeel.pool.max-idle";

    @Test
    void aFileIsToldWithItsLine() {
        assertThat(Refused.explanationOf(context().withInitializer(Environments.yaml("a: 1\n" + KEY + ": 0"))))
                .contains("'0' (from application.yml:2), but");
    }

    @Test
    void theCommandLineIsToldAsSuch() {
        assertThat(Refused.explanationOf(context()
                        .withInitializer(context -> context.getEnvironment()
                                .getPropertySources()
                                .addFirst(new SimpleCommandLinePropertySource("--evenkeel.pool.maxIdle=0")))))
                .contains("Configuration property '" + KEY + "' is '0' (from the command line), but");
    }

    @Test
    void anUnknownKeyOnTheCommandLineIsToldAsItIsWritten() {
        assertThat(Refused.explanationOf(context()
                        .withInitializer(context -> context.getEnvironment()
                                .getPropertySources()
                                .addFirst(new SimpleCommandLinePropertySource("--evenkeel.pool.maxidl=3")))))
                .contains("Configuration property 'evenkeel.pool.maxidl' (from the command line) is unknown")
                .contains("Did you mean '" + KEY + "'?");
    }

    @Test
    void anEnvironmentVariableIsToldByItsName() {
        assertThat(Refused.explanationOf(
                        context().withInitializer(Environments.variables("EVENKEEL_POOL_MAXIDLE", "0"))))
                .contains("'0' (from the environment variable EVENKEEL_POOL_MAXIDLE), but");
    }

    @Test
    void aSystemPropertyIsToldByItsName() {
        assertThat(Refused.explanationOf(context().withSystemProperties(KEY + "=0")))
                .contains("'0' (from the system property " + KEY + "), but");
    }

    @Test
    void anySpellingOfAClientIsToldByItsName() {
        assertThat(Refused.explanationOf(context()
                        .withInitializer(Environments.yaml("evenkeel.clients.myPay.base-url: http://a"))
                        .withInitializer(Environments.variables("EVENKEEL_CLIENTS_MYPAY_READTIMEOUT", "5"))))
                .contains("'evenkeel.clients.myPay.read-timeout' is '5', which is 5ms (from the environment variable"
                        + " EVENKEEL_CLIENTS_MYPAY_READTIMEOUT), but");
    }

    @Test
    void twoSpellingsOfOneNameAreToldWithTheFirst() {
        assertThat(Refused.explanationOf(context()
                        .withInitializer(
                                Environments.yaml("evenkeel.clients:\n  my-pay.enabled: true\n  myPay.enabled: true"))))
                .contains("as 'my-pay' (from application.yml:2)");
    }

    private static ApplicationContextRunner context() {
        return Contexts.plain().withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class));
    }
}
