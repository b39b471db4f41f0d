// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.Set;
import org.springframework.web.client.RestClient;

/**
 * The clients below {@code evenkeel.clients}, for code that does not know their names when it is written. Who knows
 * the name injects the client itself: that of {@code payments} is a bean with the qualifier {@code payments}.
 *
 * <p>Thread-safe. A client is made when it is first asked for; its connections are its own.
 */
public interface NamedClients {

    /**
     * Gives the client, the same at each call: the bean that is named after it.
     *
     * @param name as it is spelt in the configuration
     * @throws IllegalArgumentException if there is no such client; the message names those that there are
     */
    RestClient get(String name);

    /**
     * Gives a new builder with all that the client has, for a variant of it. What is built shares its connections if
     * Evenkeel carries the client.
     *
     * @param name as it is spelt in the configuration
     * @throws IllegalArgumentException if there is no such client; the message names those that there are
     */
    RestClient.Builder builder(String name);

    /** {@return the names, in the order of the configuration; unmodifiable} */
    Set<String> names();
}
