// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.autoconfigure.WebServer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;
import org.springframework.test.util.ReflectionTestUtils;
import org.springframework.web.client.RestClient;

/** The pools are closed after everything that may still call out. */
class ShutdownTests {

    private static final AtomicReference<String> ANSWER = new AtomicReference<>();

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final WebServer server = WebServer.http();

    @AfterEach
    void closeServer() {
        this.server.close();
        ANSWER.set(null);
    }

    @Test
    void theOwnerOfThePoolsIsDestroyedAfterAllOtherBeans() {
        Contexts.plain().withUserConfiguration(Early.class).run(context -> {
            DefaultListableBeanFactory beans = (DefaultListableBeanFactory) context.getBeanFactory();
            var disposable = (java.util.Map<?, ?>) ReflectionTestUtils.getField(beans, "disposableBeans");
            // They are destroyed in reverse order.
            assertThat(disposable.keySet().iterator().next()).isEqualTo("evenkeelConnectionPoolsOwner");
        });
    }

    @Test
    void aBeanThatLooksForItsClientAtTheLastMomentCanStillCall() {
        Contexts.plain()
                .withUserConfiguration(Early.class)
                .withPropertyValues("test.url=" + this.server.url("/hello"))
                .run(context -> {
                    context.close();
                    assertThat(ANSWER).hasValue("hello");
                });
    }

    @Test
    void anExecutorCanFinishItsTasks() {
        Contexts.plain().withUserConfiguration(Executors.class).run(context -> {
            RestClient client = context.getBean(RestClient.class);
            CountDownLatch started = new CountDownLatch(1);
            CountDownLatch closing = new CountDownLatch(1);
            context.getBean("own", ThreadPoolTaskExecutor.class).execute(() -> {
                started.countDown();
                try {
                    closing.await(10, TimeUnit.SECONDS);
                } catch (InterruptedException ex) {
                    Thread.currentThread().interrupt();
                }
                ANSWER.set(
                        client.get().uri(this.server.url("/hello")).retrieve().body(String.class));
            });
            assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();
            context.addApplicationListener(
                    (org.springframework.context.event.ContextClosedEvent event) -> closing.countDown());
            context.close();
            assertThat(ANSWER).hasValue("hello");
        });
    }

    @Test
    void aClosedContextLeavesNeitherThreadNorSocket() {
        ScriptedServer scripted = this.leaks.server(ScriptedServer.http().start());
        Contexts.plain().run(context -> {
            context.getBean(RestClient.class)
                    .get()
                    .uri(scripted.uri("/"))
                    .retrieve()
                    .toBodilessEntity();
            assertThat(scripted.openConnections()).isEqualTo(1);
            context.close();
            scripted.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        });
    }

    @Test
    void aContextThatFailsToStartClosesThePoolsToo() {
        Contexts.plain()
                .withBean("broken", String.class, () -> {
                    throw new IllegalStateException("broken");
                })
                .run(context -> {
                    assertThat(context).hasFailed();
                    assertThat(Thread.getAllStackTraces().keySet())
                            .noneMatch(thread -> thread.getName().contains("evenkeel"));
                });
    }

    @Configuration(proxyBeanMethods = false)
    static class Early {

        @Bean
        DisposableBean early(
                ObjectProvider<RestClient.Builder> builder, org.springframework.core.env.Environment environment) {
            return () -> {
                String url = environment.getProperty("test.url");
                if (url != null) {
                    ANSWER.set(builder.getObject()
                            .build()
                            .get()
                            .uri(url)
                            .retrieve()
                            .body(String.class));
                }
            };
        }
    }

    @Configuration(proxyBeanMethods = false)
    static class Executors {

        @Bean
        ThreadPoolTaskExecutor own() {
            ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
            executor.setWaitForTasksToCompleteOnShutdown(true);
            executor.setAwaitTerminationSeconds(10);
            return executor;
        }
    }
}
