// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.context.ApplicationContext;
import org.springframework.util.ClassUtils;

/** Which of Spring's HTTP clients an application has. They are named by text, since none of them has to be there. */
final class Consumers {

    private final ApplicationContext context;

    Consumers(ApplicationContext context) {
        this.context = context;
    }

    /** {@return such as {@code RestClient, RestTemplate and HTTP services}} */
    @Override
    public String toString() {
        String names = Stream.of(
                        present("RestClient", "org.springframework.web.client.RestClient$Builder"),
                        present("RestTemplate", "org.springframework.boot.restclient.RestTemplateBuilder"),
                        present("HTTP services", "org.springframework.web.service.registry.HttpServiceProxyRegistry"))
                .flatMap(name -> name)
                .collect(Collectors.joining(", "));
        return names.isEmpty() ? "ClientHttpRequestFactoryBuilder" : names.replaceFirst(", ([^,]+)$", " and $1");
    }

    private Stream<String> present(String name, String beanType) {
        ClassLoader classLoader = this.context.getClassLoader();
        return ClassUtils.isPresent(beanType, classLoader)
                        && this.context.getBeanNamesForType(
                                                ClassUtils.resolveClassName(beanType, classLoader), true, false)
                                        .length
                                > 0
                ? Stream.of(name)
                : Stream.empty();
    }
}
