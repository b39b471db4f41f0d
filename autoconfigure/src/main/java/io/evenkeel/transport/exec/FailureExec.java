// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.transport.deadline.CallDeadlines;
import io.evenkeel.transport.dial.Dialing;
import io.evenkeel.transport.dial.FailedStep;
import io.evenkeel.transport.support.Origins;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Outside of everything else: reports a call that ends in an exception, and adds what the caller has to know. A call that
 * fails after its response was handed out fails in the stream of its body, which reports it here. Each is reported once.
 */
public final class FailureExec implements ExecChainHandler {

    /** Looks at a response before it is handed out. */
    public interface Inspection {

        /**
         * @param since when the call began
         * @throws IOException if it is not to be handed out
         */
        void inspect(ClassicHttpResponse response, ExecChain.Scope scope, long since) throws IOException;
    }

    private final String client;
    private final ConnectionListener listener;
    private final NetworkFailures networkFailures;
    private final CallDeadlines deadlines;
    private final CallExec call;

    public FailureExec(
            String client,
            ConnectionListener listener,
            NetworkFailures networkFailures,
            BadResponses badResponses,
            Inspection inspection,
            CallDeadlines deadlines) {
        this.client = client;
        this.listener = listener;
        this.networkFailures = networkFailures;
        this.deadlines = deadlines;
        this.call = new CallExec(badResponses, inspection);
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        CallState state = CallState.begin(context);
        boolean handedOut = false;
        try {
            state.runsIn(scope);
            state.bound(this.deadlines.begin(context, scope.route, state));
            ClassicHttpResponse response = this.call.execute(request, scope, chain);
            state.handedOut(failure -> report(failure, scope, FailedStep.BODY));
            if (state.isSaved()) {
                this.listener.avoided(this.client, Origins.of(scope.route), FailureAvoided.RETRIED);
            }
            handedOut = true;
            return response;
        } catch (IOException ex) {
            FailedStep step = step(ex, context);
            state.end();
            IOException explained = this.networkFailures.explain(ex, step, scope);
            report(explained, scope, step);
            throw explained;
        } catch (HttpException | RuntimeException ex) {
            if (!state.end()) {
                IOException late = this.networkFailures.late(state, scope, ex);
                report(late, scope, FailedStep.BEFORE);
                throw late;
            }
            report(ex, scope, step(ex, context));
            throw ex;
        } catch (Error ex) {
            report(ex, scope, step(ex, context));
            throw ex;
        } finally {
            if (!handedOut) {
                state.end();
                // Nobody gets the response any more, if there is one.
                scope.execRuntime.discardEndpoint();
            }
        }
    }

    private static FailedStep step(Throwable failure, HttpClientContext context) {
        BoundedDrainEntity body = CallState.of(context).body();
        if (body != null && failure instanceof IOException ofBody && body.failedOf(ofBody)) {
            return FailedStep.BODY;
        }
        Dialing.Failed opening = Dialing.failed(context);
        if (opening != null) {
            return opening.step();
        }
        return (CallState.of(context).exchange() != null) ? FailedStep.EXCHANGE : FailedStep.BEFORE;
    }

    private void report(Throwable failure, ExecChain.Scope scope, FailedStep step) {
        this.listener.failed(
                this.client, Origins.of(scope.route), step.reason(failure, scope.execRuntime.isExecutionAborted()));
        this.deadlines.report(failure, Origins.of(scope.route));
    }
}
