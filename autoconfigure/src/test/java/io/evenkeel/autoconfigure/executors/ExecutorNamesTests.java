// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Which executors there are when files and environment variables speak of them together. */
class ExecutorNamesTests {

    @ParameterizedTest
    @ValueSource(strings = {"mailSender", "mail-sender", "mail_sender", "mailsender", "MailSender"})
    void anEnvironmentVariableOverridesTheExecutorOfTheFile(String name) {
        yaml("evenkeel.executors." + name + ".pool: {core-size: 2, queue-capacity: 7, max-size: 9}")
                .withInitializer(environment("EVENKEEL_EXECUTORS_MAILSENDER_POOL_CORESIZE", "4"))
                .run(context -> {
                    ThreadPoolTaskExecutor executor = context.getBean(name, ThreadPoolTaskExecutor.class);
                    assertThat(executor.getCorePoolSize()).isEqualTo(4);
                    assertThat(executor.getQueueCapacity()).isEqualTo(7);
                    assertThat(executors(context)).containsOnlyKeys(name, "applicationTaskExecutor");
                });
    }

    @Test
    void anEnvironmentVariableInTheOlderSpellingOverridesTheExecutorOfTheFile() {
        yaml("evenkeel.executors.mail-sender.pool.core-size: 2")
                .withInitializer(environment("EVENKEEL_EXECUTORS_MAIL_SENDER_POOL_CORE_SIZE", "4"))
                .run(context -> {
                    assertThat(executors(context)).containsOnlyKeys("mail-sender", "applicationTaskExecutor");
                    assertThat(executors(context).get("mail-sender").getCorePoolSize())
                            .isEqualTo(4);
                });
    }

    @Test
    void anEnvironmentVariableAloneMakesAnExecutor() {
        ExecutorContexts.with()
                .withInitializer(environment("EVENKEEL_EXECUTORS_MAIL_POOL_CORESIZE", "4"))
                .run(context -> {
                    assertThat(executors(context)).containsOnlyKeys("mail", "applicationTaskExecutor");
                    assertThat(executors(context).get("mail").getCorePoolSize()).isEqualTo(4);
                });
    }

    @Test
    void anEnvironmentVariableOverridesAnExecutorWithDefaults() {
        yaml("evenkeel.executors.mailSender: {}")
                .withInitializer(environment("EVENKEEL_EXECUTORS_MAILSENDER_POOL_CORESIZE", "4"))
                .run(context -> assertThat(executors(context).get("mailSender").getCorePoolSize())
                        .isEqualTo(4));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "evenkeel.executors.mail: {}",
                "evenkeel.executors.mail:",
                "evenkeel.executors.mail: ''",
                "evenkeel: {executors: {mail: {}, bulk: {pool: {core-size: 2}}}}"
            })
    void anEmptyEntryIsAnExecutorWithDefaults(String yaml) {
        yaml(yaml).run(context -> {
            ThreadPoolTaskExecutor mail = executors(context).get("mail");
            assertThat(mail.getCorePoolSize()).isEqualTo(8);
            assertThat(mail.getThreadNamePrefix()).isEqualTo("mail-");
        });
    }

    @Test
    void anEmptyPropertyIsAnExecutorWithDefaults() {
        ExecutorContexts.with("evenkeel.executors.mail=")
                .run(context -> assertThat(context).hasBean("mail"));
    }

    @Test
    void anEmptyMapIsNoExecutor() {
        yaml("evenkeel.executors: {}")
                .run(context -> assertThat(executors(context)).containsOnlyKeys("applicationTaskExecutor"));
    }

    @Test
    void oneSpellingInTwoFilesIsOneExecutor() {
        yaml("evenkeel.executors.mailSender.pool.core-size: 2")
                .withPropertyValues("evenkeel.executors.mailSender.thread-name-prefix=post-")
                .run(context ->
                        assertThat(executors(context)).containsOnlyKeys("mailSender", "applicationTaskExecutor"));
    }

    @Test
    void twoSpellingsOfOneNameAreRefused() {
        yaml("evenkeel.executors.mail-sender.pool.core-size: 2")
                .withPropertyValues("evenkeel.executors.mailSender.pool.core-size=3")
                .run(
                        context -> assertThat(context)
                                .getFailure()
                                .isInstanceOf(InvalidSettingException.class)
                                .hasMessage(
                                        "'evenkeel.executors.<name>' must not be mail-sender: it is the same name to Spring Boot"
                                                + " as 'mailSender' (from the property source 'test'). Spell it in one way, 'mailSender' or 'mail-sender'."));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "applicationTaskExecutor | the executor of Spring Boot",
                "taskExecutor | name none",
                "taskScheduler | @Scheduled",
                "bootstrapExecutor | in the background",
                "[mail.sender] | letters, digits",
                "[mail sender] | letters, digits",
                "mail sender | letters, digits",
                "mäil | letters, digits"
            })
    void aNameThatWouldDoHarmIsRefused(String name, String reason) {
        ExecutorContexts.with("evenkeel.executors." + name + ".pool.core-size=2")
                .run(context -> assertThat(context)
                        .getFailure()
                        .isInstanceOf(InvalidSettingException.class)
                        .hasMessageContainingAll(
                                "'evenkeel.executors.<name>'",
                                name.replaceAll("[\\[\\]]", ""),
                                reason,
                                "another name"));
    }

    @Test
    void theExampleOfThePageStarts() throws IOException {
        String page = Files.readString(Path.of("../docs/executors.md"));
        String example = page.substring(page.indexOf("```yaml") + 7, page.indexOf("```\n", page.indexOf("```yaml")));
        yaml(example)
                .run(context -> assertThat(executors(context))
                        .containsOnlyKeys("mail", "reportExport", "applicationTaskExecutor"));
    }

    private static Map<String, ThreadPoolTaskExecutor> executors(AssertableApplicationContext context) {
        return context.getBeansOfType(ThreadPoolTaskExecutor.class);
    }

    private static ApplicationContextRunner yaml(String yaml) {
        return ExecutorContexts.with().withInitializer(context -> {
            try {
                PropertySource<?> file = new YamlPropertySourceLoader()
                        .load("file", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                        .get(0);
                context.getEnvironment().getPropertySources().addLast(file);
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        });
    }

    private static ApplicationContextInitializer<ConfigurableApplicationContext> environment(
            String variable, String value) {
        Map<String, Object> variables = new LinkedHashMap<>(System.getenv());
        variables.put(variable, value);
        return context -> context.getEnvironment()
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    }
}
