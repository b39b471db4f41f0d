// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.replay;

import io.evenkeel.policy.replay.ExchangeFacts.Ending;
import java.util.EnumSet;
import java.util.Set;

/**
 * Decides by evidence whether a request whose exchange gave no response may be sent once more, at once, on a fresh
 * connection.
 */
public final class ReplayRule {

    /**
     * RFC 9110, section 9.2.2, and RFC 10008 for QUERY; CONNECT is not ours to repeat. Methods are case-sensitive (RFC 9110,
     * section 9.1).
     */
    private static final Set<String> IDEMPOTENT = Set.of("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY");

    private ReplayRule() {}

    /** {@return whether repeating a request of this method has the same effect as sending it once} */
    static boolean isIdempotent(String method) {
        return IDEMPOTENT.contains(method);
    }

    /** {@return whether the request may be sent twice if the worst comes to the worst} */
    public static boolean mayBeSentTwice(ReplaySettings settings, RequestFacts request) {
        return settings.enabled() && request.bodyRepeatable() && isRecognized(request);
    }

    /** {@return whether the server makes no difference between one and two of the request} */
    public static boolean isRecognized(RequestFacts request) {
        return request.keyed() || isIdempotent(request.method());
    }

    /**
     * Allows what RFC 9112, section 9.3.1 allows, on a connection that had been kept and broke before a byte of the
     * response: any request that is proven not to have left, as this is no second sending, and one that may have left if
     * it may be sent twice.
     *
     * @param settings of the client
     * @param request the request, its body as it is now that it may have been written
     * @param exchange what is known of the exchange
     * @return the decision
     */
    public static ReplayDecision decide(ReplaySettings settings, RequestFacts request, ExchangeFacts exchange) {
        EnumSet<ReplayObstacle> obstacles = ofConnection(exchange);
        if (obstacles.isEmpty()) {
            obstacles = ofRequest(settings, request, exchange);
        }
        return new ReplayDecision(exchange, obstacles);
    }

    private static EnumSet<ReplayObstacle> ofConnection(ExchangeFacts exchange) {
        EnumSet<ReplayObstacle> obstacles = EnumSet.noneOf(ReplayObstacle.class);
        switch (exchange.ending()) {
            case TIMED_OUT -> obstacles.add(ReplayObstacle.TIMED_OUT);
            case ABANDONED -> obstacles.add(ReplayObstacle.ABANDONED);
            case PROTOCOL -> obstacles.add(ReplayObstacle.PROTOCOL);
            case TLS -> obstacles.add(ReplayObstacle.TLS);
            case LOCAL -> obstacles.add(ReplayObstacle.LOCAL);
            case BROKEN, GOODBYE -> {}
        }
        if (exchange.received() && exchange.ending() != Ending.GOODBYE) {
            obstacles.add(ReplayObstacle.ANSWERED);
        }
        if (!exchange.kept()) {
            obstacles.add(ReplayObstacle.FRESH);
        }
        return obstacles;
    }

    private static EnumSet<ReplayObstacle> ofRequest(
            ReplaySettings settings, RequestFacts request, ExchangeFacts exchange) {
        EnumSet<ReplayObstacle> obstacles = EnumSet.noneOf(ReplayObstacle.class);
        if (!request.bodyRepeatable()) {
            obstacles.add(ReplayObstacle.BODY);
        }
        if (exchange.sent() || exchange.received()) {
            if (!isRecognized(request)) {
                obstacles.add(ReplayObstacle.METHOD);
            }
            if (!settings.enabled()) {
                obstacles.add(ReplayObstacle.DISABLED);
            }
        }
        return obstacles;
    }
}
