// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import io.evenkeel.autoconfigure.properties.ExecutorNames;
import io.evenkeel.autoconfigure.properties.InvalidSettingException;
import io.evenkeel.autoconfigure.properties.Refusals;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.HierarchicalBeanFactory;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.context.annotation.ImportBeanDefinitionRegistrar;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotationMetadata;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Registers a bean for each executor under {@code evenkeel.executors}, unless the application has one of its name. */
public final class ExecutorRegistrar implements ImportBeanDefinitionRegistrar {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private static final String FACTORY = "evenkeelExecutorFactory";

    private final Environment environment;
    private final HierarchicalBeanFactory beanFactory;

    ExecutorRegistrar(Environment environment, BeanFactory beanFactory) {
        this.environment = environment;
        this.beanFactory = (HierarchicalBeanFactory) beanFactory;
    }

    @Override
    public void registerBeanDefinitions(AnnotationMetadata importing, BeanDefinitionRegistry registry) {
        for (String name : ExecutorNames.names(this.environment, new Refusals())) {
            if (this.beanFactory.containsBean(name)) {
                giveWay(name);
            } else {
                registry.registerBeanDefinition(name, definition(name));
            }
        }
    }

    private void giveWay(String name) {
        // A factory bean is not made for the sake of this question, so its type may be unknown.
        Class<?> type = this.beanFactory.getType(name, false);
        if (type != null && !Executor.class.isAssignableFrom(type)) {
            throw InvalidSettingException.ofName(
                    ExecutorNames.PREFIX,
                    name,
                    "the application has a bean of that name already, a %s".formatted(type.getName()),
                    "Choose another name for one of the two.");
        }
        if (!this.beanFactory.containsLocalBean(name)) {
            log.info("executor {}: that of the parent context is used", name);
            return;
        }
        log.info(
                "executor {}: the application's own bean of that name is used, and '{}.{}' is not",
                name,
                ExecutorNames.PREFIX,
                name);
    }

    private static RootBeanDefinition definition(String name) {
        RootBeanDefinition definition = new RootBeanDefinition();
        definition.setFactoryBeanName(FACTORY);
        definition.setFactoryMethodName("create");
        definition.getConstructorArgumentValues().addIndexedArgumentValue(0, name);
        definition.setTargetType(ThreadPoolTaskExecutor.class);
        // As a candidate for injection by type it would make Spring Boot's executor stand back, or the type ambiguous.
        definition.setDefaultCandidate(false);
        definition.setResourceDescription("configuration property '%s.%s'".formatted(ExecutorNames.PREFIX, name));
        return definition;
    }
}
