// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.validation;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.Environments;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import io.evenkeel.autoconfigure.properties.Refused;
import io.evenkeel.client.ClientOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Keys that do not exist: refused in a file, named in the log where several applications are spoken to. */
@ExtendWith(OutputCaptureExtension.class)
class UnknownKeysTests {

    @ParameterizedTest
    @CsvSource({
        "EVENKEEL_POOL_MAXSISE, evenkeel.pool.maxsise, evenkeel.pool.max-size",
        "EVENKEEL_POOL_MAX_SISE, evenkeel.pool.max.sise, evenkeel.pool.max-size",
        "EVENKEEL_POL_MAXSIZE, evenkeel.pol.maxsize, evenkeel.pool.max-size",
        "EVENKEEL_ENABLD, evenkeel.enabld, evenkeel.enabled",
        "EVENKEEL_CLIENTS_PAY_READTIMEOUTT, evenkeel.clients.pay.readtimeoutt, evenkeel.clients.pay.read-timeout",
        "EVENKEEL_EXECUTORS_MAIL_POOL_CORSIZE, evenkeel.executors.mail.pool.corsize, evenkeel.executors.mail.pool.core-size",
        "EVENKEEL_POOL_MAXCONNECTIONS, evenkeel.pool.maxconnections, evenkeel.pool.max-size' or 'evenkeel.pool.max-overflow"
    })
    void aMisspeltEnvironmentVariableIsNamed(String variable, String key, String known, CapturedOutput output) {
        context().withInitializer(Environments.variables(variable, "1")).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output)
                    .containsOnlyOnce("'" + key + "' (from the environment variable " + variable
                            + ") is unknown, so it has no effect. Did you mean '" + known + "'?");
        });
    }

    @Test
    void aMisspeltSystemPropertyIsNamed(CapturedOutput output) {
        context().withSystemProperties("evenkeel.pool.max-sise=1").run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output)
                    .containsOnlyOnce("'evenkeel.pool.max-sise' (from the system property evenkeel.pool.max-sise) is"
                            + " unknown, so it has no effect. Did you mean 'evenkeel.pool.max-size'?");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "EVENKEEL_POOL_MAXSIZE",
                "EVENKEEL_POOL_MAX_SIZE",
                "EVENKEEL_MAXRESPONSEHEADERS",
                "EVENKEEL_CLIENTS_MYGROUP_POOL_MAXSIZE",
                "EVENKEEL_CLIENTS_MY_GROUP_POOL_MAX_SIZE",
                "EVENKEEL_CLIENTS_MYGROUP_DEFAULTHEADER_XKEY",
                "EVENKEEL_CLIENTS_MY_GROUP_DEFAULT_HEADER_X_KEY",
                "EVENKEEL_SHUTDOWN_EXCLUDE_0_",
                "EVENKEEL_SHUTDOWN_EXCLUDE_0",
                "EVENKEEL_EXECUTORS_MAIL_POOL_KEEPALIVE",
                "EVENKEEL_SERVICE_HOST",
                "EVENKEEL_SERVICE_PORT",
                "EVENKEEL_SERVICE_PORT_HTTP",
                "EVENKEEL_PORT",
                "EVENKEEL_PORT_8080_TCP",
                "EVENKEEL_PORT_8080_TCP_ADDR",
                "EVENKEEL_SAMPLE_SERVICE_HOST"
            })
    void aRightOneAndThoseOfKubernetesAreNot(String variable, CapturedOutput output) {
        String value = variable.endsWith("KEEPALIVE") ? "30s" : "20";
        context().withInitializer(Environments.variables(variable, value)).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(output).doesNotContain("is unknown");
        });
    }

    @Test
    void aKeyOfANewerVersionInASharedFileIsAWarningIfThatIsAskedFor(CapturedOutput output) {
        context().withInitializer(Environments.yaml("""
                        evenkeel:
                          unknown-keys: warn
                          brand-new-limit: 3
                          pool.max-size: 7
                          clients.payments.brand-new.limit: 3""")).run(context -> {
            assertThat(context).hasNotFailed();
            assertThat(context.getBean(ClientOptions.class).limits().maxSize()).isEqualTo(7);
            assertThat(output)
                    .containsOnlyOnce("'evenkeel.brand-new-limit' (from application.yml:3) is unknown")
                    .containsOnlyOnce(
                            "'evenkeel.clients.payments.brand-new.limit' (from application.yml:5) is unknown");
        });
    }

    @Test
    void itIsRefusedWithoutAsking() {
        assertThat(Refused.explanationOf(context().withInitializer(Environments.yaml("evenkeel.brand-new-limit: 3"))))
                .contains("'evenkeel.brand-new-limit' (from application.yml:1) is unknown, so it has no effect.")
                .contains("this version of Evenkeel has no such key", "write 'evenkeel.unknown-keys: warn'");
    }

    @Test
    void valuesAreRefusedAllTheSame() {
        context()
                .withPropertyValues("evenkeel.unknown-keys=warn", "evenkeel.brand-new=1", "evenkeel.pool.max-size=-1")
                .run(context -> assertThat(Refused.keysOf(context.getStartupFailure()))
                        .containsExactly("evenkeel.pool.max-size"));
    }

    @Test
    void theRootHasNoValueOfItsOwn() {
        context()
                .withPropertyValues("evenkeel=false")
                .run(context -> assertThat(Refused.causeOf(context.getStartupFailure()))
                        .hasMessageContainingAll("'evenkeel' has a value", "Write 'evenkeel.enabled', for example"));
    }

    @Test
    void anEnvironmentVariableThatIsCalledLikeASectionIsNamed(CapturedOutput output) {
        context()
                .withInitializer(Environments.variables("EVENKEEL", "/opt/evenkeel"))
                .run(context -> {
                    assertThat(context).hasNotFailed();
                    assertThat(output)
                            .containsOnlyOnce("'evenkeel' (from the environment variable EVENKEEL) has a value");
                });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evenkeel:",
                "evenkeel.pool:",
                "evenkeel.clients:",
                "evenkeel.clients.payments:",
                "evenkeel.clients.payments.pool:",
                "evenkeel.executors.mail:"
            })
    void aSectionOfWhichAllKeysAreCommentedOutIsNone(String section) {
        context()
                .withInitializer(Environments.yaml(section + "\n  # max-size: 3"))
                .run(context -> assertThat(context).hasNotFailed());
    }

    private static ApplicationContextRunner context() {
        return Contexts.plain().withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class));
    }
}
