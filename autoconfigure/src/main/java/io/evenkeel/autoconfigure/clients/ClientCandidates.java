// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateResolver;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.PriorityOrdered;

/**
 * Has the names of injection points looked at for clients with a name. Without such clients nothing changes. It comes
 * before other post-processors, so that what they add to the resolver of the container stays.
 */
final class ClientCandidates implements BeanFactoryPostProcessor, PriorityOrdered {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    @Override
    public int getOrder() {
        return HIGHEST_PRECEDENCE;
    }

    @Override
    public void postProcessBeanFactory(ConfigurableListableBeanFactory beanFactory) {
        Set<String> clients = Stream.of(beanFactory.getBeanDefinitionNames())
                .filter(name -> ClientRegistrar.isRegisteredHere(beanFactory.getBeanDefinition(name)))
                .collect(Collectors.toUnmodifiableSet());
        if (clients.isEmpty() || !(beanFactory instanceof DefaultListableBeanFactory beans)) {
            return;
        }
        AutowireCandidateResolver present = beans.getAutowireCandidateResolver();
        if (present.getClass() == ContextAnnotationAutowireCandidateResolver.class) {
            beans.setAutowireCandidateResolver(new ClientCandidateResolver(clients));
        } else {
            log.info(
                    "The application has its own {}, so names of parameters and fields do not select clients: annotate"
                            + " them with @Qualifier",
                    present.getClass().getName());
        }
    }
}
