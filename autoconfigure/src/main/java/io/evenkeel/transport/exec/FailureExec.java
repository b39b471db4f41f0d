// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.event.ConnectionListener;
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

    /** In the context of a call that was answered: who is to be told. Whoever tells takes it away. */
    private static final String ATTRIBUTE = FailureExec.class.getName();

    private final String client;
    private final ConnectionListener listener;
    private final NetworkFailures networkFailures;

    public FailureExec(String client, ConnectionListener listener, NetworkFailures networkFailures) {
        this.client = client;
        this.listener = listener;
        this.networkFailures = networkFailures;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        HttpClientContext context = scope.clientContext;
        boolean handedOut = false;
        try {
            ClassicHttpResponse response = chain.proceed(request, scope);
            context.setAttribute(ATTRIBUTE, this);
            handedOut = true;
            return response;
        } catch (IOException ex) {
            FailedStep step = step(ex, context);
            IOException explained = this.networkFailures.explain(ex, step, scope);
            failed(explained, scope, step);
            throw explained;
        } catch (HttpException | RuntimeException | Error ex) {
            failed(ex, scope, step(ex, context));
            throw ex;
        } finally {
            if (!handedOut) {
                // Nobody gets the response any more, if there is one.
                scope.execRuntime.discardEndpoint();
            }
        }
    }

    private void failed(Throwable failure, ExecChain.Scope scope, FailedStep step) {
        // The context may have been that of a call before.
        scope.clientContext.removeAttribute(ATTRIBUTE);
        report(failure, scope, step);
    }

    private static FailedStep step(Throwable failure, HttpClientContext context) {
        BoundedDrainEntity body = BoundedDrainExec.body(context);
        if (body != null && failure instanceof IOException ofBody && body.failedOf(ofBody)) {
            return FailedStep.BODY;
        }
        Dialing.Failed opening = Dialing.failed(context);
        if (opening != null) {
            return opening.step();
        }
        return (Exchange.current(context) != null) ? FailedStep.EXCHANGE : FailedStep.BEFORE;
    }

    /** Reports that a body failed whose call was answered, unless that was reported. */
    static void bodyFailed(IOException failure, ExecChain.Scope scope) {
        if (scope.clientContext.removeAttribute(ATTRIBUTE) instanceof FailureExec outermost) {
            outermost.report(failure, scope, FailedStep.BODY);
        }
    }

    private void report(Throwable failure, ExecChain.Scope scope, FailedStep step) {
        this.listener.failed(
                this.client, Origins.of(scope.route), step.reason(failure, scope.execRuntime.isExecutionAborted()));
    }
}
