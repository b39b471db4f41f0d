// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.jspecify.annotations.Nullable;

/**
 * Stands around HttpClient's decompression, to tell what that fails of, which is the fault of the answer, from what comes
 * through it from elsewhere.
 */
final class DecodingExec implements ExecChainHandler {

    private static final String ENCODED = DecodingExec.class.getName() + ".encoded";

    private final BadResponses badResponses;

    DecodingExec(BadResponses badResponses) {
        this.badResponses = badResponses;
    }

    /** The inner side: notes which body reaches the decompression. */
    static ClassicHttpResponse pass(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.removeAttribute(ENCODED);
        ClassicHttpResponse response = chain.proceed(request, scope);
        scope.clientContext.setAttribute(ENCODED, response.getEntity());
        return response;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        long start = this.badResponses.now();
        HttpRoute route = scope.route;
        scope.clientContext.removeAttribute(ENCODED);
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            HttpEntity decoded = response.getEntity();
            BoundedDrainEntity body = BoundedDrainExec.body(scope.clientContext);
            if (decoded != null && body != null && decoded != encoded(scope)) {
                response.setEntity(new DecodedEntity(
                        decoded,
                        failure ->
                                body.failedOf(failure) ? failure : this.badResponses.ofContent(failure, route, start)));
            }
            return response;
        } catch (HttpException ex) {
            if (encoded(scope) == null) {
                throw ex;
            }
            throw this.badResponses.ofCoding(ex, route, start);
        } finally {
            scope.clientContext.removeAttribute(ENCODED);
        }
    }

    private static @Nullable Object encoded(ExecChain.Scope scope) {
        return scope.clientContext.getAttribute(ENCODED);
    }
}
