// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.restclient.autoconfigure.RestClientBuilderConfigurer;
import org.springframework.web.client.RestClient;

/**
 * Chooses the builder of the ready {@link RestClient}. A builder with a qualifier of its own is for those who ask for it:
 * one that is load-balanced takes each host for the name of a service. If there is no other, the client is made as Spring
 * Boot would make it.
 */
public final class ReadyClientSource {

    /** Name of the bean that is made of it. */
    public static final String BEAN = "evenkeelRestClient";

    private static final String OF_SPRING_BOOT =
            "org.springframework.boot.restclient.autoconfigure.RestClientAutoConfiguration";

    private final ConfigurableListableBeanFactory beans;
    private final List<String> all;
    private final @Nullable String chosen;

    public ReadyClientSource(ConfigurableListableBeanFactory beans) {
        this.beans = beans;
        this.all = List.of(
                BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, RestClient.Builder.class, true, false));
        this.chosen = choose(this.all.stream().filter(this::isForAll).toList());
    }

    public RestClient.Builder builder() {
        return (this.chosen != null)
                ? this.beans.getBean(this.chosen, RestClient.Builder.class)
                : this.beans.getBean(RestClientBuilderConfigurer.class).configure(RestClient.builder());
    }

    /** {@return what somebody should know who takes the builder for that of Spring Boot} */
    public Optional<String> remark() {
        if (this.chosen == null) {
            return Optional.of(
                    ("the RestClient without a name is made as Spring Boot makes one, not of the builders of the"
                                    + " application ('%s'): none of them is for all")
                            .formatted(String.join("', '", this.all)));
        }
        return OF_SPRING_BOOT.equals(definition(this.chosen).getFactoryBeanName())
                ? Optional.empty()
                : Optional.of(
                        "the RestClient without a name is made of the application's own RestClient.Builder, bean '%s'"
                                .formatted(this.chosen));
    }

    private @Nullable String choose(List<String> candidates) {
        return Stream.<Predicate<BeanDefinition>>of(
                        definition -> true, BeanDefinition::isPrimary, definition -> !definition.isFallback())
                .map(rule -> candidates.stream()
                        .filter(name -> rule.test(definition(name)))
                        .toList())
                .filter(names -> names.size() == 1)
                .map(names -> names.get(0))
                .findFirst()
                .orElse(null);
    }

    private boolean isForAll(String name) {
        BeanDefinition definition = definition(name);
        return definition.isAutowireCandidate()
                && !(definition instanceof AbstractBeanDefinition bean
                        && (!bean.isDefaultCandidate() || !bean.getQualifiers().isEmpty()))
                && owner(name).findAnnotationOnBean(name, Qualifier.class, false) == null;
    }

    // A bean that was registered as an object has no definition.
    private BeanDefinition definition(String name) {
        ConfigurableListableBeanFactory owner = owner(name);
        return owner.containsBeanDefinition(name) ? owner.getMergedBeanDefinition(name) : new RootBeanDefinition();
    }

    private ConfigurableListableBeanFactory owner(String name) {
        ConfigurableListableBeanFactory owner = this.beans;
        while (!owner.containsLocalBean(name)
                && owner.getParentBeanFactory() instanceof ConfigurableListableBeanFactory above) {
            owner = above;
        }
        return owner;
    }
}
