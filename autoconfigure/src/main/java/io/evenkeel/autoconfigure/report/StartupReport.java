// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.autoconfigure.clients.ReadyClientSource;
import io.evenkeel.autoconfigure.pools.OnHttpComponentsFactoryCondition;
import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import io.evenkeel.autoconfigure.properties.Settings;
import io.evenkeel.client.EvenkeelRequestFactoryBuilder;
import io.evenkeel.transport.ConnectionPools;
import io.evenkeel.transport.HttpClientVersion;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.autoconfigure.imperative.ImperativeHttpClientsProperties.Factory;
import org.springframework.context.ApplicationListener;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.ImportRuntimeHints;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Says once, when the application is complete, what Evenkeel carries, or why it carries nothing. While it is switched off it
 * says what is left of the clients with a name; without any, nothing.
 */
@Import(ClientReport.class)
@ImportRuntimeHints(EvenkeelVersion.class)
public final class StartupReport implements ApplicationListener<ContextRefreshedEvent> {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final ConfigurableApplicationContext context;
    private final Settings settings;
    private final ClientReport clients;
    private final AtomicBoolean done = new AtomicBoolean();

    StartupReport(ConfigurableApplicationContext context, Settings settings, ClientReport clients) {
        this.context = context;
        this.settings = settings;
        this.clients = clients;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        // Events of child contexts arrive here too.
        if (event.getApplicationContext() == this.context && this.done.compareAndSet(false, true)) {
            List<String> clients = this.clients.ofNamed();
            boolean enabled = this.settings.enabled();
            if (enabled) {
                report();
            } else if (!clients.isEmpty()) {
                log.info("Evenkeel carries nothing: '{}' is false", OnEvenkeelEnabledCondition.KEY);
            }
            clients.forEach(log::info);
            this.clients.warnings().forEach(log::warn);
            this.clients.withoutBreakers().ifPresent(log::info);
            if (enabled) {
                foreignClients().ifPresent(log::info);
            }
        }
    }

    private void report() {
        if (this.context.getBeanNamesForType(EvenkeelRequestFactoryBuilder.class, true, false).length > 0) {
            log.info(
                    "{} carries {}: Apache HttpClient {}, HTTP/1.1",
                    name(),
                    new Consumers(this.context),
                    HttpClientVersion.get());
            log.info(this.clients.ofDefault());
            readyClient().ifPresent(log::info);
        } else if (has(EvenkeelRequestFactoryBuilder.class)) {
            log.info(
                    "{} carries {} with the connections and settings of its parent context '{}'",
                    name(),
                    this.context.getDisplayName(),
                    Objects.requireNonNull(this.context.getParent()).getDisplayName());
        } else {
            log.info(
                    "{} carries {}: {}",
                    name(),
                    has(ConnectionPools.class) ? "clients with a name only" : "nothing",
                    absence());
        }
    }

    private Optional<String> readyClient() {
        return this.context.containsLocalBean(ReadyClientSource.BEAN)
                ? new ReadyClientSource(this.context.getBeanFactory()).remark()
                : Optional.empty();
    }

    private Optional<String> foreignClients() {
        return has(EvenkeelRequestFactoryBuilder.class)
                ? new ForeignClients(this.context.getBeanFactory(), this.context.getBean(ConnectionPools.class))
                        .remark()
                : Optional.empty();
    }

    private boolean has(Class<?> type) {
        return names(type).length > 0;
    }

    private String[] names(Class<?> type) {
        return BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.context, type, true, false);
    }

    private static String name() {
        return EvenkeelVersion.name(StartupReport.class.getClassLoader());
    }

    private String absence() {
        Factory factory = OnHttpComponentsFactoryCondition.factory(this.context.getEnvironment());
        if (factory != null && factory != Factory.HTTP_COMPONENTS) {
            return "'%s' is '%s'"
                    .formatted(
                            OnHttpComponentsFactoryCondition.KEY, factory.name().toLowerCase(Locale.ROOT));
        }
        String[] builders = names(ClientHttpRequestFactoryBuilder.class);
        return "the application has its own ClientHttpRequestFactoryBuilder, bean '%s'"
                .formatted(String.join("', '", builders));
    }
}
