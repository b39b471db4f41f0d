// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.transport.ListenerRelay;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.context.ApplicationListener;
import org.springframework.context.event.ContextRefreshedEvent;

/**
 * Looks up the listeners once all singletons exist. Looking them up at the first event could create beans, meter
 * registries for one, in the midst of the creation of another.
 */
final class ListenerActivation implements SmartInitializingSingleton, ApplicationListener<ContextRefreshedEvent> {

    private final ListenerRelay relay;
    private final ObjectProvider<ConnectionListener> listeners;

    ListenerActivation(ListenerRelay relay, ObjectProvider<ConnectionListener> listeners) {
        this.relay = relay;
        this.listeners = listeners;
    }

    @Override
    public void afterSingletonsInstantiated() {
        this.relay.relayTo(this.listeners.orderedStream().toList());
    }

    /** With lazy initialization this is the only call. */
    @Override
    public void onApplicationEvent(ContextRefreshedEvent event) {
        afterSingletonsInstantiated();
    }
}
