// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientNames;
import java.lang.annotation.Annotation;
import java.util.Collection;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.TypeConverter;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.DependencyDescriptor;
import org.springframework.context.annotation.ContextAnnotationAutowireCandidateResolver;
import org.springframework.core.MethodParameter;
import org.springframework.web.client.RestClient;

/**
 * Lets an injection point of type {@link RestClient} select a client by its own name, as the name of a parameter or
 * field selects among beans elsewhere, and {@link Qualifier} by the name of its bean. A primary bean still wins.
 *
 * <p>Clients are no default candidates: if they were, by-type injection of the application would become ambiguous. So the
 * container does not compare their names.
 */
final class ClientCandidateResolver extends ContextAnnotationAutowireCandidateResolver {

    private final Set<String> clients;

    /** @param clients names of the beans */
    ClientCandidateResolver(Set<String> clients) {
        this.clients = clients;
    }

    @Override
    public boolean isAutowireCandidate(BeanDefinitionHolder holder, DependencyDescriptor descriptor) {
        String meant = meantBy(descriptor);
        if (meant == null) {
            return super.isAutowireCandidate(holder, descriptor);
        }
        return holder.getBeanName().equals(meant)
                || (holder.getBeanDefinition().isPrimary() && super.isAutowireCandidate(holder, descriptor));
    }

    // The bean of a test may have taken the place of the client; it has not the client's qualifier then.
    @Override
    protected boolean checkQualifier(BeanDefinitionHolder holder, Annotation annotation, TypeConverter typeConverter) {
        if (annotation instanceof Qualifier qualifier
                && !isAnotherClient(qualifier.value())
                && holder.getBeanName().equals(named(qualifier.value()))) {
            return true;
        }
        return super.checkQualifier(holder, annotation, typeConverter);
    }

    private @Nullable String meantBy(DependencyDescriptor descriptor) {
        String name = descriptor.getDependencyName();
        if (name == null
                || descriptor.getDependencyType() != RestClient.class
                || isOneOfMany(descriptor)
                || hasQualifier(descriptor)) {
            return null;
        }
        String client = named(name);
        return (client != null && !isAnotherClient(name)) ? client : null;
    }

    private @Nullable String named(String name) {
        if (this.clients.contains(name)) {
            return name;
        }
        return this.clients.stream()
                .filter(client -> ClientNames.isBeanOf(client, name))
                .findFirst()
                .orElse(null);
    }

    private boolean isAnotherClient(String name) {
        BeanFactory beans = getBeanFactory();
        return beans != null
                && !this.clients.contains(name)
                && beans.containsBean(name)
                && beans.isTypeMatch(name, RestClient.class);
    }

    /** The name of a collection is none of an element. */
    private static boolean isOneOfMany(DependencyDescriptor descriptor) {
        MethodParameter parameter = descriptor.getMethodParameter();
        Class<?> declared = (parameter != null)
                ? parameter.getParameterType()
                : Objects.requireNonNull(descriptor.getField()).getType();
        return declared.isArray()
                || Collection.class.isAssignableFrom(declared)
                || Map.class.isAssignableFrom(declared)
                || Stream.class.isAssignableFrom(declared);
    }
}
