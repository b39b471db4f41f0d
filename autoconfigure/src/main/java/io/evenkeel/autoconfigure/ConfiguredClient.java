// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import io.evenkeel.client.ClientOptions;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;

/**
 * What applies to one client with a name.
 *
 * @param name its name
 * @param options what makes it, {@code null} if Evenkeel leaves it to Spring Boot
 * @param http what Spring Boot's keys say, from {@code evenkeel.clients.<name>} and, where that is silent, from
 *     {@code spring.http.serviceclient.<name>}
 */
record ConfiguredClient(String name, @Nullable ClientOptions options, HttpClientProperties http) {}
