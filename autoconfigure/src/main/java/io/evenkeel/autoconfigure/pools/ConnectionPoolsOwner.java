// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import io.evenkeel.autoconfigure.properties.RecordTypes;
import io.evenkeel.autoconfigure.shutdown.RunningCalls;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.ConnectionPools;
import io.evenkeel.transport.ListenerRelay;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Makes and closes the pools. It is a post-processor for one reason only: these are created before all other beans,
 * hence destroyed after them. So executors can finish their tasks, and beans can sign off from other services, on
 * open pools, whether or not the container knows that they depend on them.
 */
final class ConnectionPoolsOwner implements BeanFactoryPostProcessor, RunningCalls, DisposableBean {

    private final ListenerRelay relay = new ListenerRelay();
    private final ConnectionPools pools = new ConnectionPools(Ticker.SYSTEM, this.relay);

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {}

    ConnectionPools pools() {
        return this.pools;
    }

    ListenerRelay relay() {
        return this.relay;
    }

    @Override
    public void abort() {
        this.pools.abortCalls();
    }

    @Override
    public void destroy() {
        this.pools.close();
        RecordTypes.forget();
    }
}
