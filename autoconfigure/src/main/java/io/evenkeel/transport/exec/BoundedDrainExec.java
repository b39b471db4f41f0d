// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.transport.dial.FailedStep;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Bounds what closing a response may cost. HttpClient reads the rest of the body, however long and slow, to save the
 * connection; here it reads a little, and otherwise the connection goes. Innermost, so that redirects and challenges,
 * whose bodies nobody reads, are bounded, too.
 */
public final class BoundedDrainExec implements ExecChainHandler {

    private static final String BODY = BoundedDrainEntity.class.getName();

    private final BadResponses badResponses;
    private final NetworkFailures networkFailures;

    public BoundedDrainExec(BadResponses badResponses, NetworkFailures networkFailures) {
        this.badResponses = badResponses;
        this.networkFailures = networkFailures;
    }

    /** {@return the body of the last response as it comes from the wire, which HttpClient wraps further} */
    public static @Nullable BoundedDrainEntity body(HttpContext context) {
        return (BoundedDrainEntity) context.getAttribute(BODY);
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        // The token has been with the pool; from here on it is what ties the connection to a user, if anything does.
        ReplayExec.takeToken(scope.clientContext);
        long start = this.badResponses.now();
        ClassicHttpResponse response = chain.proceed(request, scope);
        HttpEntity entity = response.getEntity();
        BoundedDrainEntity body = null;
        if (entity != null && entity.isStreaming()) {
            body = new BoundedDrainEntity(
                    entity,
                    scope,
                    failure -> this.networkFailures.explain(
                            this.badResponses.ofBody(failure, scope.route, start), FailedStep.BODY, scope));
            response.setEntity(body);
        }
        scope.clientContext.setAttribute(BODY, body);
        return response;
    }
}
