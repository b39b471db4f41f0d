// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.error.EvenkeelException;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import io.evenkeel.transport.redirect.BadLocationException;
import io.evenkeel.transport.redirect.CrossOriginHeaders;
import java.io.IOException;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * The inner side of {@link FailureExec}: whatever happens inside, the lease comes back and the caller learns what it was.
 *
 * <p>An interrupt flag that was set before the call would end it at the first use of the channel; a blocking socket does
 * not look at it. The call is spared that, and the flag is set again behind it.
 */
final class CallExec implements ExecChainHandler {

    private final BadResponses badResponses;
    private final FailureExec.Inspection inspection;

    CallExec(BadResponses badResponses, FailureExec.Inspection inspection) {
        this.badResponses = badResponses;
        this.inspection = inspection;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
            CallState.of(scope.clientContext).shield();
        }
        CrossOriginHeaders.forget(scope.clientContext);
        boolean answered = false;
        long start = this.badResponses.now();
        try {
            RequestSyntax.requireHeaders(request);
            ClassicHttpResponse response = chain.proceed(request, scope);
            this.inspection.inspect(response, scope, start);
            answered = true;
            return response;
        } catch (RequestFailedException ex) {
            throw (ex.getCause() instanceof EvenkeelException cause) ? cause : ex;
        } catch (BadLocationException ex) {
            throw this.badResponses.ofCall(UnacceptableResponseException.malformed(ex), route(scope), start);
        } catch (IOException ex) {
            throw this.badResponses.ofCall(ex, route(scope), start);
        } catch (RuntimeException ex) {
            if (!scope.execRuntime.isExecutionAborted()) {
                throw ex;
            }
            // What HttpClient meets where another thread took the connection away: InternalExecRuntime.ensureValid.
            throw new RequestFailedException("The call was cancelled", ex);
        } finally {
            if (!answered) {
                // Exceptions give the lease back on their way; an Error does not (MainClientExec, ConnectExec).
                scope.execRuntime.discardEndpoint();
            }
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** {@return where the call went last, which a redirect may have led elsewhere} */
    private static HttpRoute route(ExecChain.Scope scope) {
        return (scope.clientContext.getHttpRoute() instanceof HttpRoute last) ? last : scope.route;
    }
}
