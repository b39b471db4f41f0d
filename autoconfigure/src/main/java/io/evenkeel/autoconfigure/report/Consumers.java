// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import java.util.ArrayList;
import java.util.List;
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
        List<String> names = new ArrayList<>();
        addIfPresent(names, "RestClient", "org.springframework.web.client.RestClient$Builder");
        addIfPresent(names, "RestTemplate", "org.springframework.boot.restclient.RestTemplateBuilder");
        addIfPresent(names, "HTTP services", "org.springframework.web.service.registry.HttpServiceProxyRegistry");
        if (names.isEmpty()) {
            return "ClientHttpRequestFactoryBuilder";
        }
        int last = names.size() - 1;
        return (last == 0) ? names.get(0) : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
    }

    private void addIfPresent(List<String> names, String name, String beanType) {
        ClassLoader classLoader = this.context.getClassLoader();
        if (ClassUtils.isPresent(beanType, classLoader)) {
            Class<?> type = ClassUtils.resolveClassName(beanType, classLoader);
            if (this.context.getBeanNamesForType(type, true, false).length > 0) {
                names.add(name);
            }
        }
    }
}
