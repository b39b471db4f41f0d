// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.EvenkeelAutoConfiguration;
import io.evenkeel.autoconfigure.EvenkeelExecutorsAutoConfiguration;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.core.task.SyncTaskExecutor;
import org.springframework.core.task.TaskExecutor;
import org.springframework.scheduling.annotation.Async;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ThreadPoolExecutorFactoryBean;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

class EvenkeelExecutorsAutoConfigurationTests {

    private static final String MAIL = "evenkeel.executors.mail.pool.core-size=2";

    @Test
    void eachExecutorIsABeanOfItsName() {
        ExecutorContexts.with(MAIL, "evenkeel.executors.bulk-Import_2.threads=platform")
                .run(context -> {
                    assertThat(context.getBean("mail")).isInstanceOf(ThreadPoolTaskExecutor.class);
                    assertThat(context.getBean("bulk-Import_2")).isInstanceOf(ThreadPoolTaskExecutor.class);
                    assertThat(context.getBeansOfType(ThreadPoolTaskExecutor.class))
                            .containsOnlyKeys("mail", "bulk-Import_2", "applicationTaskExecutor");
                });
    }

    @Test
    void anAsyncMethodThatNamesTheExecutorRunsOnIt() {
        ExecutorContexts.with(MAIL)
                .withUserConfiguration(AsyncConfiguration.class)
                .run(context -> assertThat(context.getBean(Jobs.class).named().get(10, TimeUnit.SECONDS))
                        .startsWith("mail-"));
    }

    @Test
    void anAsyncMethodThatNamesNoneRunsOnTheExecutorOfSpringBoot() {
        ExecutorContexts.with(MAIL)
                .withUserConfiguration(AsyncConfiguration.class)
                .run(context -> assertThat(context.getBean(Jobs.class).unnamed().get(10, TimeUnit.SECONDS))
                        .startsWith("task-"));
    }

    @Test
    void anAsyncMethodThatNamesNoneRunsOnTheExecutorOfTheApplicationIfThereIsOne() {
        ExecutorContexts.with(MAIL)
                .withBean("own", TaskExecutor.class, () -> new SimpleAsyncTaskExecutor("own-"))
                .withUserConfiguration(AsyncConfiguration.class)
                .run(context -> {
                    assertThat(context).doesNotHaveBean("applicationTaskExecutor");
                    assertThat(context.getBean(Jobs.class).unnamed().get(10, TimeUnit.SECONDS))
                            .startsWith("own-");
                });
    }

    @Test
    void itIsInjectedByItsQualifierAndFoundAmongAllBeansOfItsType() {
        ExecutorContexts.with(MAIL).withUserConfiguration(Injected.class).run(context -> {
            ThreadPoolTaskExecutor mail = context.getBean(Injected.class).mail;
            assertThat(context.getBean("mail")).isSameAs(mail);
            assertThat(context.getBeansOfType(Executor.class)).containsEntry("mail", mail);
        });
    }

    @ParameterizedTest
    @ValueSource(classes = {Executor.class, TaskExecutor.class, ThreadPoolTaskExecutor.class})
    void injectionByTypeStillFindsTheExecutorOfSpringBoot(Class<?> type) {
        ExecutorContexts.with(MAIL, "evenkeel.executors.bulk.pool.core-size=1").run(context -> {
            assertThat(context.getBeanProvider(type).getObject()).isSameAs(context.getBean("applicationTaskExecutor"));
            assertThat(context.getAutowireCapableBeanFactory()
                            .resolveNamedBean(type)
                            .getBeanName())
                    .isEqualTo("applicationTaskExecutor");
        });
    }

    @Test
    void collectionsThatAreInjectedByTypeStayAsTheyWere() {
        ExecutorContexts.with(MAIL)
                .withUserConfiguration(Injected.class)
                .run(context -> assertThat(context.getBean(Injected.class).allCandidates)
                        .containsOnlyKeys("applicationTaskExecutor"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"false", "off"})
    void disabledTheExecutorsStayAsTheyAreWritten(String enabled) {
        ExecutorContexts.with(MAIL, "evenkeel.executors.mail.pool.core-size=3", "evenkeel.enabled=" + enabled)
                .run(context -> assertThat(context.getBean("mail", ThreadPoolTaskExecutor.class)
                                .getCorePoolSize())
                        .isEqualTo(3));
    }

    @Test
    void disabledOtherKeysAreNotJudged() {
        ExecutorContexts.with(MAIL, "evenkeel.enabled=false", "evenkeel.pool.max-size=-1", "evenkeel.nonsense=1")
                .run(context -> assertThat(context).hasBean("mail"));
    }

    @Test
    void apacheHttpClientIsNotNeeded() {
        ExecutorContexts.with(MAIL)
                .withConfiguration(AutoConfigurations.of(EvenkeelAutoConfiguration.class))
                .withClassLoader(new FilteredClassLoader("org.apache.hc", "org.springframework.boot.http"))
                .run(context -> assertThat(context).hasNotFailed().hasBean("mail"));
    }

    @Test
    void withoutTheBuilderOfSpringBootAFreshOneIsUsed() {
        new ApplicationContextRunner()
                .withConfiguration(AutoConfigurations.of(EvenkeelExecutorsAutoConfiguration.class))
                .withPropertyValues(MAIL)
                .run(context -> {
                    ThreadPoolTaskExecutor mail = context.getBean("mail", ThreadPoolTaskExecutor.class);
                    assertThat(mail.getCorePoolSize()).isEqualTo(2);
                    assertThat(mail.getThreadNamePrefix()).isEqualTo("mail-");
                });
    }

    @Test
    void lazyInitializationDoesNotMatter() {
        ExecutorContexts.with(MAIL)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .withUserConfiguration(AsyncConfiguration.class)
                .run(context -> assertThat(context.getBean(Jobs.class).named().get(10, TimeUnit.SECONDS))
                        .startsWith("mail-"));
    }

    @Test
    void itsThreadsEndWithTheContext() {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        ExecutorContexts.with(MAIL).run(context -> {
            context.getBean("mail", Executor.class).execute(() -> thread.complete(Thread.currentThread()));
            assertThat(thread.get(10, TimeUnit.SECONDS).getName()).startsWith("mail-");
        });
        assertThat(thread.join()).satisfies(ended -> {
            ended.join(10_000);
            assertThat(ended.isAlive()).isFalse();
        });
    }

    @ExtendWith(OutputCaptureExtension.class)
    static class WithABeanOfTheSameName {

        @Test
        void anExecutorOfTheApplicationWins(CapturedOutput output) {
            ExecutorContexts.with(MAIL).withUserConfiguration(OwnExecutor.class).run(context -> {
                assertThat(context.getBean("mail")).isInstanceOf(SyncTaskExecutor.class);
                assertThat(output)
                        .containsOnlyOnce("executor mail: the application's own bean of that name is used, and"
                                + " 'evenkeel.executors.mail' is not");
            });
        }

        @Test
        void aSingletonThatIsAnExecutorWins() {
            SyncTaskExecutor own = new SyncTaskExecutor();
            ExecutorContexts.with(MAIL)
                    .withInitializer(context -> context.getBeanFactory().registerSingleton("mail", own))
                    .run(context -> assertThat(context.getBean("mail")).isSameAs(own));
        }

        @Test
        void aFactoryBeanOfAnExecutorWins() {
            ExecutorContexts.with(MAIL)
                    .withBean("mail", ThreadPoolExecutorFactoryBean.class)
                    .run(context -> assertThat(context)
                            .hasNotFailed()
                            .getBean("mail")
                            .isNotInstanceOf(ThreadPoolTaskExecutor.class));
        }

        @Test
        void anExecutorOfTheParentContextWins() {
            ExecutorContexts.with(MAIL)
                    .run(parent -> ExecutorContexts.with(MAIL)
                            .withParent(parent)
                            .run(context -> assertThat(context.getBean("mail")).isSameAs(parent.getBean("mail"))));
        }

        @Test
        void aBeanOfAnotherTypeIsRefused() {
            ExecutorContexts.with(MAIL)
                    .withUserConfiguration(OwnBuilder.class)
                    .run(
                            context -> assertThat(context)
                                    .getFailure()
                                    .isInstanceOf(InvalidSettingException.class)
                                    .hasMessage(
                                            "'evenkeel.executors.<name>' must not be mail: the application has a bean of that"
                                                    + " name already, a java.lang.StringBuilder. Choose another name for one of the two."));
        }

        @Configuration(proxyBeanMethods = false)
        static class OwnExecutor {

            @Bean
            Executor mail() {
                return new SyncTaskExecutor();
            }
        }

        @Configuration(proxyBeanMethods = false)
        static class OwnBuilder {

            @Bean
            StringBuilder mail() {
                return new StringBuilder();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAsync
    static class AsyncConfiguration {

        @Bean
        Jobs jobs() {
            return new Jobs();
        }
    }

    static class Jobs {

        @Async("mail")
        CompletableFuture<String> named() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }

        @Async
        CompletableFuture<String> unnamed() {
            return CompletableFuture.completedFuture(Thread.currentThread().getName());
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Injected {

        @Autowired
        @Qualifier("mail")
        ThreadPoolTaskExecutor mail;

        @Autowired
        Map<String, Executor> allCandidates;
    }
}
