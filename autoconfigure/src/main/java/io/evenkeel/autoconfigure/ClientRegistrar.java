// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.web.client.RestClient;

/** Registers a bean for each client below {@code evenkeel.clients}, unless the application has one of its name. */
final class ClientRegistrar implements ImportBeanDefinitionRegistrar {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private static final String FACTORY = "evenkeelClientFactory";

    private final Environment environment;
    private final BeanFactory beanFactory;

    ClientRegistrar(Environment environment, BeanFactory beanFactory) {
        this.environment = environment;
        this.beanFactory = beanFactory;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        for (String name : ClientNames.of(this.environment)) {
            String bean = ClientNames.bean(name);
            if (this.beanFactory.containsBean(bean)) {
                giveWay(name, bean);
            } else {
                registry.registerBeanDefinition(bean, definition(name));
            }
        }
    }

    private void giveWay(String name, String bean) {
        // A factory bean is not made for the sake of this question, so its type may be unknown.
        Class<?> type = this.beanFactory.getType(bean, false);
        if (type != null && !RestClient.class.isAssignableFrom(type)) {
            throw new InvalidSettingException(
                    ClientNames.PREFIX + "." + KnownKeys.NAME,
                    name,
                    "its bean is called '%s', and the application has a %s of that name"
                            .formatted(bean, type.getName()),
                    "Choose another name for one of the two.");
        }
        log.info(
                "client {}: the application's own bean '{}' is used in its place; '{}' applies to the HTTP service group of"
                        + " that name only",
                name,
                bean,
                ClientNames.prefix(name));
    }

    private static RootBeanDefinition definition(String name) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setFactoryBeanName(FACTORY);
        definition.setFactoryMethodName("create");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.setTargetType(RestClient.class);
        // As a candidate for injection by type it would make the type ambiguous, and other RestClient beans stand back.
        definition.setDefaultCandidate(false);
        // BeanFactory.getBean(RestClient.class) looks at this first: our bean for all others is a fallback too.
        definition.setFallback(true);
        definition.addQualifier(new AutowireCandidateQualifier(Qualifier.class, name));
        // A mock server binds to every client that is built, and cannot tell which of two is meant.
        definition.setLazyInit(true);
        definition.setResourceDescription("configuration property '%s'".formatted(ClientNames.prefix(name)));
        return definition;
    }
}
