// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.decoding;

import io.evenkeel.policy.ResponseLimits;
import io.evenkeel.transport.exec.BadResponses;
import io.evenkeel.transport.exec.BoundedDrainEntity;
import io.evenkeel.transport.exec.CallState;
import io.evenkeel.transport.exec.FailureExec;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/**
 * Refuses content that is larger than the client accepts, or far larger than what came over the wire: by its length before
 * a byte of it is read, or else where it goes beyond. Its connection is closed. Outside of redirects and challenges, whose
 * content nobody reads, and of the decompression. Thread-safe.
 */
public final class ContentLimits implements FailureExec.Inspection {

    private static final String SIZE = "max-response-size";
    private static final String RATIO = "max-decompression-ratio";

    private final BadResponses badResponses;
    private final ResponseLimits limits;

    public ContentLimits(BadResponses badResponses, ResponseLimits limits) {
        this.badResponses = badResponses;
        this.limits = limits;
    }

    @Override
    public void inspect(ClassicHttpResponse response, ExecChain.Scope scope, long since) throws IOException {
        HttpEntity entity = response.getEntity();
        if (entity == null) {
            return;
        }
        BoundedDrainEntity wire = CallState.of(scope.clientContext).body();
        BoundedDrainEntity compressed = isDecoded(scope) ? wire : null;
        if (this.limits.maxBytes() > 0 || (this.limits.maxRatio() > 0 && compressed != null)) {
            response.setEntity(limited(entity, wire, compressed, scope, since));
        }
    }

    private static boolean isDecoded(ExecChain.Scope scope) {
        return CallState.of(scope.clientContext).encoded() instanceof EncodedResponse encoded && encoded.isDecoded();
    }

    private HttpEntity limited(
            HttpEntity entity,
            @Nullable BoundedDrainEntity wire,
            @Nullable BoundedDrainEntity compressed,
            ExecChain.Scope scope,
            long since)
            throws IOException {
        Refusal refusal = (what, limitKey) -> {
            IOException refused = this.badResponses.ofSize(what, limitKey, route(scope), since);
            if (wire != null) {
                wire.refuse(refused);
            }
            return refused;
        };
        long length = entity.getContentLength();
        if (!this.limits.allowsBytes(length)) {
            throw refusal.of("its content is %d bytes, more than %d".formatted(length, this.limits.maxBytes()), SIZE);
        }
        return new LimitedEntity(entity, this.limits.maxBytes(), count -> {
            if (!this.limits.allowsBytes(count)) {
                throw refusal.of(
                        "its content is %d bytes so far, more than %d".formatted(count, this.limits.maxBytes()), SIZE);
            }
            if (compressed != null && !this.limits.allowsRatio(count, compressed.bytesRead())) {
                throw refusal.of(
                        "its content is %d bytes so far, more than %d times as many as the %d compressed ones"
                                .formatted(count, this.limits.maxRatio(), compressed.bytesRead()),
                        RATIO);
            }
        });
    }

    /** {@return where the response came from, after redirects} */
    private static HttpRoute route(ExecChain.Scope scope) {
        return (scope.clientContext.getHttpRoute() instanceof HttpRoute last) ? last : scope.route;
    }

    /** Ends the response. */
    private interface Refusal {

        IOException of(String what, String limitKey);
    }
}
