// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import io.evenkeel.autoconfigure.properties.EvenkeelProperties;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.springframework.aot.hint.predicate.RuntimeHintsPredicates;
import org.springframework.aot.test.generate.TestGenerationContext;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.test.tools.CompileWithForkedClassLoader;
import org.springframework.core.test.tools.TestCompiler;
import org.springframework.javapoet.ClassName;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Executors of an application that was processed ahead of time, as for a native image. */
class ExecutorsAheadOfTimeTests {

    @Test
    @CompileWithForkedClassLoader
    void executorsAreMadeByGeneratedCodeFromThePropertiesOfTheRun() {
        processedWith("evenkeel.executors.mailSender.pool.core-size=2", context -> {
            start(context, "evenkeel.executors.mailSender.pool.core-size=3");
            ThreadPoolTaskExecutor executor = context.getBean("mailSender", ThreadPoolTaskExecutor.class);
            assertThat(executor).isInstanceOf(ThreadPoolTaskExecutor.class);
            assertThat(executor.getCorePoolSize()).isEqualTo(3);
            assertThat(executor.getThreadNamePrefix()).isEqualTo("mailSender-");
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void theExecutorOfSpringBootStaysTheOneThatIsFoundByType() {
        processedWith("evenkeel.executors.mail.pool.core-size=2", context -> {
            start(context, "evenkeel.executors.mail.pool.core-size=2");
            assertThat(context.getBean(Executor.class)).isSameAs(context.getBean("applicationTaskExecutor"));
        });
    }

    @Test
    @CompileWithForkedClassLoader
    void anExecutorThatTheRunSaysNothingOfHasDefaults() {
        processedWith("evenkeel.executors.mail.pool.core-size=2", context -> {
            start(context);
            assertThat(context.getBean("mail", ThreadPoolTaskExecutor.class).getCorePoolSize())
                    .isEqualTo(8);
        });
    }

    @Test
    void theKeysOfAnExecutorAreBoundInANativeImage() {
        TestGenerationContext generated = process("evenkeel.executors.mail.pool.core-size=2");
        assertThat(RuntimeHintsPredicates.reflection().onType(EvenkeelProperties.Executor.class))
                .accepts(generated.getRuntimeHints());
        assertThat(RuntimeHintsPredicates.reflection().onType(EvenkeelProperties.ExecutorPool.class))
                .accepts(generated.getRuntimeHints());
    }

    private static void processedWith(String property, Consumer<GenericApplicationContext> run) {
        TestGenerationContext generated = process(property);
        generated.writeGeneratedContent();
        TestCompiler.forSystem().with(generated).compile(compiled -> {
            try (GenericApplicationContext context = new GenericApplicationContext()) {
                initializer(compiled.getInstance(ApplicationContextInitializer.class))
                        .initialize(context);
                run.accept(context);
            }
        });
    }

    private static TestGenerationContext process(String property) {
        TestGenerationContext generated = new TestGenerationContext();
        // As the build plugins of Spring Boot do.
        System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true");
        try (AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
            TestPropertyValues.of(property).applyTo(context);
            context.register(Application.class);
            ClassName initializer = new ApplicationContextAotGenerator().processAheadOfTime(context, generated);
            assertThat(initializer).isNotNull();
        } finally {
            System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
        }
        return generated;
    }

    @SuppressWarnings("unchecked")
    private static ApplicationContextInitializer<ConfigurableApplicationContext> initializer(
            ApplicationContextInitializer<?> initializer) {
        return (ApplicationContextInitializer<ConfigurableApplicationContext>) initializer;
    }

    private static void start(GenericApplicationContext context, String... properties) {
        TestPropertyValues.of(properties).applyTo(context);
        context.refresh();
    }

    @Configuration(proxyBeanMethods = false)
    @ImportAutoConfiguration({TaskExecutionAutoConfiguration.class, EvenkeelExecutorsAutoConfiguration.class})
    static class Application {}
}
