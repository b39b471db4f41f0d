// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.transport.dial.FailedStep;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;

/**
 * Bounds what closing a response may cost. HttpClient reads the rest of the body, however long and slow, to save the
 * connection; here it reads a little, and otherwise the connection goes. Within redirects and challenges, whose bodies
 * nobody reads. Thread-safe.
 */
public final class BoundedBodies {

    private final BadResponses badResponses;
    private final NetworkFailures networkFailures;

    public BoundedBodies(BadResponses badResponses, NetworkFailures networkFailures) {
        this.badResponses = badResponses;
        this.networkFailures = networkFailures;
    }

    long now() {
        return this.badResponses.now();
    }

    /**
     * Bounds the body of a response, if it comes from the wire.
     *
     * @param since when its request began
     */
    void bound(ClassicHttpResponse response, CallState call, ExecChain.Scope scope, long since) throws IOException {
        HttpEntity entity = response.getEntity();
        BoundedDrainEntity body = null;
        if (entity != null && entity.isStreaming()) {
            body = new BoundedDrainEntity(
                    entity,
                    scope,
                    failure -> this.networkFailures.explain(
                            this.badResponses.ofBody(failure, scope.route, since), FailedStep.BODY, scope));
            response.setEntity(body);
        }
        call.body(body);
    }
}
