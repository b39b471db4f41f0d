// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.shutdown.HeldTask;
import java.util.concurrent.Executor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.event.ApplicationContextEvent;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.core.io.DefaultResourceLoader;

/** A management server with a port of its own is a context of its own, which ends before the tasks do. */
@ExtendWith(OutputCaptureExtension.class)
class ManagementPortTests {

    private final ShutdownContexts tasks = new ShutdownContexts();

    @Test
    void itsEndIsNotThatOfTheTasks(CapturedOutput log) {
        HeldTask task = new HeldTask(this.tasks.task(0));
        // Of the two servers among the libraries of the tests each would bring its own management server.
        SpringApplication application = new SpringApplication(
                new DefaultResourceLoader(new FilteredClassLoader("org.eclipse.jetty")), Application.class);
        application.addListeners(new ReleaseAtEndOfManagement(task));
        ConfigurableApplicationContext context = application.run(
                "--server.port=0", "--management.server.port=0", "--spring.task.execution.pool.core-size=1");
        Executor executor = context.getBean("applicationTaskExecutor", Executor.class);
        executor.execute(task);
        task.awaitStart();
        this.tasks.submit(executor, 3);
        context.close();
        assertThat(this.tasks.done()).hasSize(4);
        assertThat(log).doesNotContain("used up");
    }

    /** Listeners of an application are those of the contexts below it too. */
    private record ReleaseAtEndOfManagement(HeldTask task) implements ApplicationListener<ApplicationContextEvent> {

        @Override
        public void onApplicationEvent(ApplicationContextEvent event) {
            if (event instanceof ContextClosedEvent
                    && event.getApplicationContext().getParent() != null) {
                this.task.release();
            }
        }
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {}
}
