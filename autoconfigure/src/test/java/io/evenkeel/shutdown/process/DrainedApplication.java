// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.nio.file.Path;
import java.util.List;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.boot.web.servlet.ServletRegistrationBean;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.web.client.RestClient;

/**
 * The application that is started as a process, with or without a web server.
 *
 * <p>Properties: {@code journal} (a file), {@code work} (what is submitted at the start, as
 * {@link Work#format}), {@code upstream} (the server that tasks call), {@code exit-at-end} (whether main ends the JVM, with exit code 7).
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
@EnableAsync
@Import({OwnExecutors.class, ScheduledTasks.class, AsyncMethod.class})
class DrainedApplication {

    /** Starts it. */
    public static void main(String[] arguments) {
        ParentWatch.start();
        ConfigurableApplicationContext context = SpringApplication.run(DrainedApplication.class, arguments);
        List<Work> works = Work.parseAll(context.getEnvironment().getProperty("work", ""));
        for (int i = 0; i < works.size(); i++) {
            context.getBean(Tasks.class).submit(works.get(i), "start-" + i);
        }
        if (context.getEnvironment().containsProperty("exit-at-end")) {
            System.exit(SpringApplication.exit(context, () -> 7));
        }
    }

    @Bean
    Journal journal(@Value("${journal}") Path file) {
        return new Journal(file);
    }

    @Bean
    Upstream upstream(
            ObjectProvider<RestClient> client, RestClient.Builder builder, @Value("${upstream:}") String url) {
        return new Upstream(client.getIfAvailable(builder::build), url);
    }

    @Bean
    Tasks tasks(Journal journal, BeanFactory beans, Upstream upstream) {
        return new Tasks(journal, beans, upstream);
    }

    @Bean
    ServletRegistrationBean<WorkServlet> work(Tasks tasks, Journal journal) {
        return new ServletRegistrationBean<>(new WorkServlet(tasks, journal), "/work");
    }

    @Bean
    ApplicationListener<ApplicationReadyEvent> ready(Journal journal) {
        return event -> journal.write(
                Event.READY,
                "application",
                event.getApplicationContext().getEnvironment().getProperty("local.server.port", "0"));
    }

    @Bean
    ApplicationListener<ContextClosedEvent> closing(Journal journal) {
        return event -> journal.write(Event.CLOSING, "application");
    }
}
