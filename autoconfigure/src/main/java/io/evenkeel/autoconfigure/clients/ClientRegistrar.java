// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AutowireCandidateQualifier;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.web.client.RestClient;

/**
 * Registers a bean for each client below {@code evenkeel.clients}, unless the application has one in its place: one of
 * the name of that bean, or a client of the very name. Who asks for either name gets that one.
 */
public final class ClientRegistrar implements ImportBeanDefinitionRegistrar {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private static final String FACTORY = "evenkeelClientFactory";

    private final Environment environment;
    private final ConfigurableListableBeanFactory beanFactory;

    ClientRegistrar(Environment environment, BeanFactory beanFactory) {
        this.environment = environment;
        this.beanFactory = (ConfigurableListableBeanFactory) beanFactory;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        for (String name : ClientNames.of(this.environment)) {
            String bean = ClientNames.bean(name);
            // Not in a parent context, where it would be the client of another one.
            if (this.beanFactory.containsLocalBean(bean)) {
                check(name, bean);
                giveWay(name, bean, registry);
            } else if (this.beanFactory.containsLocalBean(name) && isClient(typeOf(name))) {
                registry.registerAlias(name, bean);
            } else {
                registry.registerBeanDefinition(bean, definition(name));
            }
        }
    }

    // The qualifier of the client leads to the bean in its place: the name of a bean is one of its qualifiers.
    private void giveWay(String name, String bean, BeanDefinitionRegistry registry) {
        if (!registry.isBeanNameInUse(name)) {
            registry.registerAlias(bean, name);
        } else if (!isQualified(name, bean)) {
            log.warn(
                    "client {}: the application's own bean '{}' is used in its place; annotate it with @Qualifier(\"{}\"),"
                            + " as there is another bean of that name",
                    name,
                    bean,
                    name);
        }
    }

    private boolean isQualified(String name, String bean) {
        Qualifier qualifier = this.beanFactory.findAnnotationOnBean(bean, Qualifier.class, false);
        return qualifier != null && qualifier.value().equals(name);
    }

    // A factory bean is not made for the sake of this question, so its type may be unknown.
    private @Nullable Class<?> typeOf(String bean) {
        return this.beanFactory.getType(bean, false);
    }

    private static boolean isClient(@Nullable Class<?> type) {
        return type != null && RestClient.class.isAssignableFrom(type);
    }

    private void check(String name, String bean) {
        Class<?> type = typeOf(bean);
        if (type != null && !isClient(type)) {
            throw InvalidSettingException.ofName(
                    ClientNames.PREFIX,
                    name,
                    "its bean is called '%s', and the application has a %s of that name"
                            .formatted(bean, type.getName()),
                    "Choose another name for one of the two.");
        }
    }

    /** {@return whether a bean is one that was registered here} */
    public static boolean isRegisteredHere(BeanDefinition definition) {
        return FACTORY.equals(definition.getFactoryBeanName());
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
