// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.decoding;

import io.evenkeel.policy.ResponseLimits.UnknownCoding;
import io.evenkeel.transport.exec.BadResponses;
import io.evenkeel.transport.exec.BoundedDrainEntity;
import io.evenkeel.transport.exec.CallState;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.io.Closer;
import org.jspecify.annotations.Nullable;

/**
 * Stands around HttpClient's decompression, to tell what that fails of, which is the fault of the response, from what comes
 * through it from elsewhere; and to hand out what it knows no decoding of, as other clients do.
 */
public final class DecodingExec implements ExecChainHandler {

    private final BadResponses badResponses;
    private final UnknownCodingWarning warning;
    private final UnknownCoding unknownCoding;

    public DecodingExec(BadResponses badResponses, UnknownCodingWarning warning, UnknownCoding unknownCoding) {
        this.badResponses = badResponses;
        this.warning = warning;
        this.unknownCoding = unknownCoding;
    }

    /** The inner side: notes what reaches the decompression. What users add within it goes on seeing what it is. */
    public static ClassicHttpResponse pass(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        ClassicHttpResponse response = chain.proceed(request, scope);
        EncodedResponse encoded = EncodedResponse.of(response);
        CallState.of(scope.clientContext).encoded(encoded);
        return (encoded != null) ? encoded : response;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        long start = this.badResponses.now();
        CallState.of(scope.clientContext).encoded(null);
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            EncodedResponse encoded = encoded(scope);
            if (encoded == null) {
                return response;
            }
            ClassicHttpResponse ended = ended(encoded, scope, start);
            return (response == encoded) ? ended : response;
        } catch (HttpException ex) {
            EncodedResponse encoded = encoded(scope);
            if (encoded == null || !encoded.hasUndecoded()) {
                throw ex;
            }
            return undecodable(encoded, ex, scope, start);
        } catch (RuntimeException | Error ex) {
            EncodedResponse encoded = encoded(scope);
            if (encoded != null) {
                Closer.closeQuietly(encoded.end());
            }
            throw ex;
        }
    }

    /** What tells of an error is worth more than its content: status and header fields arrive in any case. */
    private ClassicHttpResponse undecodable(
            EncodedResponse encoded, HttpException failure, ExecChain.Scope scope, long start) throws IOException {
        boolean tooMany = failure instanceof ProtocolException;
        boolean passes = encoded.getCode() >= HttpStatus.SC_REDIRECTION
                || (!tooMany && this.unknownCoding == UnknownCoding.PASS);
        if (!passes) {
            Closer.closeQuietly(encoded.end());
            throw tooMany
                    ? this.badResponses.ofCodings(failure, encoded.codings(), scope.route, start)
                    : this.badResponses.ofCoding(
                            UnknownCodingWarning.printable(encoded.undecoded()), scope.route, start);
        }
        if (!tooMany) {
            this.warning.passed(encoded.undecoded(), scope.route);
        }
        encoded.nameUndecoded();
        return ended(encoded, scope, start);
    }

    private ClassicHttpResponse ended(EncodedResponse encoded, ExecChain.Scope scope, long start) {
        ClassicHttpResponse response = encoded.end();
        BoundedDrainEntity body = CallState.of(scope.clientContext).body();
        if (encoded.isDecoded() && body != null) {
            HttpRoute route = scope.route;
            response.setEntity(new DecodedEntity(
                    response.getEntity(),
                    body::endedEmpty,
                    failure ->
                            encoded.failedOf(failure) ? failure : this.badResponses.ofContent(failure, route, start)));
        }
        return response;
    }

    private static @Nullable EncodedResponse encoded(ExecChain.Scope scope) {
        return (EncodedResponse) CallState.of(scope.clientContext).encoded();
    }
}
