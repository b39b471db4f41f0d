// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import io.evenkeel.event.ConnectionListener;
import java.io.IOException;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.client5.http.classic.ExecChainHandler;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;

/**
 * Outside of everything else: reports a call that ends in an exception, with what the caller gets to see. A call that
 * fails after its answer was handed out fails in the stream of its body, which reports it here. Each is reported once.
 */
final class FailureExec implements ExecChainHandler {

    /** In the context of the call: who is to be told. Whoever tells takes it away. */
    private static final String ATTRIBUTE = FailureExec.class.getName();

    private final String client;
    private final ConnectionListener listener;

    FailureExec(String client, ConnectionListener listener) {
        this.client = client;
        this.listener = listener;
    }

    @Override
    public ClassicHttpResponse execute(ClassicHttpRequest request, ExecChain.Scope scope, ExecChain chain)
            throws IOException, HttpException {
        scope.clientContext.setAttribute(ATTRIBUTE, this);
        try {
            return chain.proceed(request, scope);
        } catch (IOException | HttpException | RuntimeException | Error ex) {
            Exchange exchange = Exchange.current(scope.clientContext);
            report(ex, scope, (exchange != null) ? FailedStep.EXCHANGE : FailedStep.OPENING);
            throw ex;
        }
    }

    /** Reports the failure, unless one of the same call was reported. */
    static void report(Throwable failure, ExecChain.Scope scope, FailedStep step) {
        if (scope.clientContext.removeAttribute(ATTRIBUTE) instanceof FailureExec outermost) {
            outermost.listener.failed(
                    outermost.client,
                    Origins.of(scope.route),
                    step.reason(failure, scope.execRuntime.isExecutionAborted()));
        }
    }
}
