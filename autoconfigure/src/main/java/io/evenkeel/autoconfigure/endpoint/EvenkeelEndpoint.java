// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.endpoint;

import io.evenkeel.policy.ClientSwitches;
import io.evenkeel.policy.PolicySwitch;
import io.evenkeel.transport.ConnectionPools;
import java.security.Principal;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * Shows which policies the clients have, and switches them off and on again. It can be read wherever it is exposed; to switch takes
 * {@code management.endpoint.evenkeel.access: unrestricted}. What was switched is as it was before when the application starts
 * again. Thread-safe.
 */
@Endpoint(id = "evenkeel", defaultAccess = Access.READ_ONLY)
public final class EvenkeelEndpoint {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    private final ConnectionPools pools;

    public EvenkeelEndpoint(ConnectionPools pools) {
        this.pools = pools;
    }

    /** What the endpoint shows. */
    public record Clients(Map<String, Policies> clients) {}

    /**
     * The policies of a client. What it was started without, it cannot have before it is started again.
     *
     * @param retry whether failed requests are sent again, null if it was started without
     * @param circuitBreaker whether circuit breakers are asked, null if it was started without
     */
    public record Policies(
            @Nullable Boolean retry, @Nullable Boolean circuitBreaker) {

        static Policies of(ClientSwitches switches) {
            return new Policies(isOn(switches.retry()), isOn(switches.circuitBreaker()));
        }

        private static @Nullable Boolean isOn(@Nullable PolicySwitch policy) {
            return (policy != null) ? policy.isOn() : null;
        }
    }

    /** {@return the policies of all clients that have been used} */
    @ReadOperation
    public Clients clients() {
        Map<String, Policies> clients = new TreeMap<>();
        this.pools.switches().forEach((client, switches) -> clients.put(client, Policies.of(switches)));
        return new Clients(clients);
    }

    /**
     * Switches policies of a client.
     *
     * @param client its name
     * @param retry whether failed requests are sent again, null to leave that as it is
     * @param circuitBreaker whether circuit breakers are asked, null to leave that as it is
     * @param security who does; Actuator gives it, over JMX, too, where it is the last of the parameters and may be null
     * @return what it has now
     * @throws InvalidEndpointRequestException if there is no such client, or it was started without the policy
     */
    @WriteOperation
    public Policies switchPolicies(
            @Selector String client,
            @Nullable Boolean retry,
            @Nullable Boolean circuitBreaker,
            SecurityContext security) {
        ClientSwitches switches = this.pools.switches().get(client);
        if (switches == null) {
            throw refused("Client '%s' is not known; there are %s"
                    .formatted(client, this.pools.switches().keySet()));
        }
        if (retry == null && circuitBreaker == null) {
            throw refused("Nothing to switch: 'retry' or 'circuitBreaker' has to be true or false");
        }
        requireThere(client, "retry", retry, switches.retry());
        requireThere(client, "circuit-breaker", circuitBreaker, switches.circuitBreaker());
        turn(security, client, "Retries", retry, switches.retry());
        turn(security, client, "Circuit breakers", circuitBreaker, switches.circuitBreaker());
        return Policies.of(switches);
    }

    private static void requireThere(
            String client, String key, @Nullable Boolean wanted, @Nullable PolicySwitch policy) {
        if (wanted != null && policy == null) {
            throw refused(
                    "Client '%s' was started without '%s.enabled: true', and cannot get it before it is started again"
                            .formatted(client, key));
        }
    }

    private static void turn(
            SecurityContext security,
            String client,
            String what,
            @Nullable Boolean wanted,
            @Nullable PolicySwitch policy) {
        if (wanted != null && policy != null) {
            policy.turn(wanted);
            log.warn("{} of client '{}' were switched {} by {}", what, client, wanted ? "on" : "off", who(security));
        }
    }

    private static String who(SecurityContext security) {
        Principal principal = security.getPrincipal();
        return (principal != null) ? "'" + principal.getName() + "'" : "somebody without a name (JMX, or no security)";
    }

    private static InvalidEndpointRequestException refused(String why) {
        return new InvalidEndpointRequestException(why, why);
    }
}
