// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.transport.ConnectionPools;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.SingletonBeanRegistry;
import org.springframework.http.client.AbstractClientHttpRequestFactoryWrapper;
import org.springframework.http.client.ClientHttpRequestFactory;
import org.springframework.http.client.HttpComponentsClientHttpRequestFactory;
import org.springframework.web.client.RestTemplate;

/**
 * The beans of an application that use Apache HttpClient and were not made by Spring Boot's builders, so that no
 * auto-configuration reaches them. Only beans that exist are looked at: none is made for it. A RestClient does not tell
 * what it is made of.
 */
final class ForeignClients {

    private final SingletonBeanRegistry beans;
    private final ConnectionPools pools;

    ForeignClients(SingletonBeanRegistry beans, ConnectionPools pools) {
        this.beans = beans;
        this.pools = pools;
    }

    /** {@return what somebody should know who thinks that all clients are carried} */
    Optional<String> remark() {
        String found = Arrays.stream(this.beans.getSingletonNames())
                .sorted()
                .flatMap(this::describe)
                .collect(Collectors.joining(", "));
        return found.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        ("not carried, since Spring Boot's builders did not make them: %s. Their calls go through an Apache"
                                        + " HttpClient of their own: 5 connections per host and hidden retries, unless it"
                                        + " was told otherwise. Build them from the injected RestTemplateBuilder,"
                                        + " RestClient.Builder or ClientHttpRequestFactoryBuilder")
                                .formatted(found));
    }

    private Stream<String> describe(String name) {
        Object bean = this.beans.getSingleton(name);
        if (bean instanceof RestTemplate template) {
            return isForeign(template.getRequestFactory())
                    ? Stream.of("RestTemplate bean '" + name + "'")
                    : Stream.of();
        }
        return (bean instanceof ClientHttpRequestFactory factory && isForeign(factory))
                ? Stream.of("ClientHttpRequestFactory bean '" + name + "'")
                : Stream.of();
    }

    private boolean isForeign(@Nullable ClientHttpRequestFactory factory) {
        ClientHttpRequestFactory innermost = factory;
        while (innermost instanceof AbstractClientHttpRequestFactoryWrapper wrapper) {
            innermost = wrapper.getDelegate();
        }
        return innermost instanceof HttpComponentsClientHttpRequestFactory apache
                && !this.pools.hasAssembled(apache.getHttpClient());
    }
}
