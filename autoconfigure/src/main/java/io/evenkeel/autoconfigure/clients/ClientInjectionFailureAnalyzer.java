// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.evenkeel.autoconfigure.properties.ClientNames;
import io.evenkeel.autoconfigure.validation.EditDistance;
import java.lang.annotation.Annotation;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.InjectionPoint;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.UnsatisfiedDependencyException;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;
import org.springframework.util.ClassUtils;
import org.springframework.web.client.RestClient;

/**
 * Explains why there is no client to inject, and which ones there are. Spring Boot's own analysis makes the beans of the
 * type to see what they are, which the end of the failed start does not allow for clients.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class ClientInjectionFailureAnalyzer extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

    private static final Set<String> TYPES =
            Set.of("org.springframework.web.client.RestClient", "io.evenkeel.client.NamedClients");

    /** What clients are made of, by a class of each. */
    private static final Map<String, String> LIBRARIES = Map.of(
            "org.apache.hc.client5.http.impl.classic.HttpClients",
            "Apache HttpClient (org.apache.httpcomponents.client5:httpclient5)",
            "org.springframework.boot.restclient.RestClientCustomizer",
            "Spring Boot's RestClient module (org.springframework.boot:spring-boot-restclient)");

    private final Environment environment;
    private final ConfigurableListableBeanFactory beans;

    ClientInjectionFailureAnalyzer(Environment environment, BeanFactory beanFactory) {
        this.environment = environment;
        this.beans = (ConfigurableListableBeanFactory) beanFactory;
    }

    @Override
    protected @Nullable FailureAnalysis analyze(
            Throwable rootFailure, NoSuchBeanDefinitionException cause, @Nullable String description) {
        if (cause.getNumberOfBeansFound() != 0 || !isAboutAClient(cause)) {
            return null;
        }
        UnsatisfiedDependencyException unsatisfied = findCause(rootFailure, UnsatisfiedDependencyException.class);
        InjectionPoint injectionPoint = (unsatisfied != null) ? unsatisfied.getInjectionPoint() : null;
        String start = required(cause, description, injectionPoint);
        String library = missingLibrary();
        if (library != null) {
            return new FailureAnalysis(
                    "%s%n%s is not on the class path, so Evenkeel makes no clients.".formatted(start, library),
                    "Add it to the dependencies, or remove what excludes it from them. To do without, define a bean of your own.",
                    cause);
        }
        String name = wanted(cause, injectionPoint);
        if (name == null && clientBeans().isEmpty()) {
            return null;
        }
        Set<String> clients = ClientNames.of(this.environment);
        List<String> own =
                clientBeans().stream().filter(this::isOfTheApplication).toList();
        return new FailureAnalysis(
                "%s%n%s%s".formatted(start, describe(clients), describeOwn(own)), advise(name, clients, own), cause);
    }

    private static String describe(Set<String> clients) {
        return clients.isEmpty()
                ? "There is no client below '%s'.".formatted(ClientNames.PREFIX)
                : "The clients below '%s' are: %s.".formatted(ClientNames.PREFIX, String.join(", ", clients));
    }

    private static String describeOwn(List<String> beans) {
        return beans.isEmpty() ? "" : " The application's own are: %s.".formatted(String.join(", ", beans));
    }

    private static String advise(@Nullable String name, Set<String> clients, List<String> own) {
        if (name == null) {
            return "Annotate the injection point with @Qualifier and the name of a client, or a bean of your own as the"
                    + " injection point is annotated.";
        }
        Set<String> known = new TreeSet<>(clients);
        known.addAll(own);
        return EditDistance.closest(name, known)
                        .map("Did you mean '%s'? "::formatted)
                        .orElse("")
                + "For a client of that name write '%s.base-url', for example, or define a bean of your own."
                        .formatted(ClientNames.prefix(name));
    }

    private static String required(
            NoSuchBeanDefinitionException cause,
            @Nullable String description,
            @Nullable InjectionPoint injectionPoint) {
        Class<?> type = cause.getBeanType();
        String bean = (type != null)
                ? "a bean of type '%s'".formatted(type.getName())
                : "a bean named '%s'".formatted(cause.getBeanName());
        String required = "%s required %s that could not be found."
                .formatted((description != null) ? description : "A component", bean);
        Annotation[] annotations = (injectionPoint != null) ? injectionPoint.getAnnotations() : new Annotation[0];
        return (annotations.length == 0)
                ? required
                : Stream.of(annotations)
                        .map("%n\t- %s"::formatted)
                        .collect(Collectors.joining(
                                "",
                                "%s%n%nThe injection point has the following annotations:".formatted(required),
                                "%n".formatted()));
    }

    private @Nullable String missingLibrary() {
        ClassLoader classLoader = this.beans.getBeanClassLoader();
        return LIBRARIES.entrySet().stream()
                .filter(library -> !ClassUtils.isPresent(library.getKey(), classLoader))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(null);
    }

    private List<String> clientBeans() {
        return List.of(BeanFactoryUtils.beanNamesForTypeIncludingAncestors(this.beans, RestClient.class, true, false));
    }

    private boolean isOfTheApplication(String bean) {
        return !bean.equals(ReadyClientSource.BEAN)
                && !(this.beans.containsBeanDefinition(bean)
                        && ClientRegistrar.isRegisteredHere(this.beans.getBeanDefinition(bean)));
    }

    private static @Nullable String wanted(
            NoSuchBeanDefinitionException cause, @Nullable InjectionPoint injectionPoint) {
        if (cause.getBeanName() != null) {
            return ClientNames.ofBean(cause.getBeanName());
        }
        Qualifier qualifier = (injectionPoint != null) ? injectionPoint.getAnnotation(Qualifier.class) : null;
        return (qualifier != null) ? qualifier.value() : null;
    }

    private static boolean isAboutAClient(NoSuchBeanDefinitionException cause) {
        Class<?> type = cause.getBeanType();
        return (type != null)
                ? TYPES.contains(type.getName())
                : ClientNames.ofBean(String.valueOf(cause.getBeanName())) != null;
    }
}
