// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.http.client.autoconfigure.HttpClientProperties;

/**
 * What is written for a client and, where that is silent, for its HTTP service group and for all clients.
 *
 * @param name its name
 * @param keys where it is written
 * @param evenkeel Evenkeel's keys, {@code null} if it is switched off for the whole application
 * @param breakers whether the library is there that circuit breakers are made with
 * @param http Spring Boot's keys, apart from what {@code spring.http.clients} says for all
 */
public record ClientProperties(
        String name, ClientKeys keys, @Nullable EvenkeelProperties evenkeel, boolean breakers, HttpClientProperties http) {

    /** {@return Evenkeel's keys, {@code null} if it leaves the client to Spring Boot} */
    @Nullable
    public EvenkeelProperties carriedBy() {
        return (this.evenkeel != null && this.evenkeel.enabled()) ? this.evenkeel : null;
    }

    /** {@return whether the client has circuit breakers} */
    public boolean hasBreakers() {
        return this.breakers && wantsBreakers();
    }

    /** {@return whether there would be circuit breakers, if only their library were there} */
    public boolean missesBreakers() {
        return !this.breakers && wantsBreakers();
    }

    private boolean wantsBreakers() {
        EvenkeelProperties properties = carriedBy();
        return properties != null && properties.circuitBreaker().enabledWith(properties.retry());
    }
}
