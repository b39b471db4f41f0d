// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/** Says once what is left of the clients with a name while Evenkeel is switched off; without any, nothing. */
final class SwitchedOffReport implements ApplicationListener<ContextRefreshedEvent> {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final ApplicationContext context;
    private final ClientReport clients;
    private final AtomicBoolean done = new AtomicBoolean();

    SwitchedOffReport(ApplicationContext context, ClientReport clients) {
        this.context = context;
        this.clients = clients;
    }

    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        List<String> lines = this.clients.ofNamed();
        // Events of child contexts arrive here too.
        if (event.getApplicationContext() == this.context && !lines.isEmpty() && this.done.compareAndSet(false, true)) {
            log.info("Evenkeel carries nothing: '{}' is false", OnEvenkeelEnabledCondition.KEY);
            lines.forEach(log::info);
            this.clients.warnings().forEach(log::warn);
        }
    }
}
