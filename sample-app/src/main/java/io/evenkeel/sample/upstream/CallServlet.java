// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.function.IntFunction;

/** Reads the request to its end, counts it, answers "ok". */
final class CallServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient IntFunction<Tally> tallyOfPort;

    CallServlet(IntFunction<Tally> tallyOfPort) {
        this.tallyOfPort = tallyOfPort;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.getInputStream().readAllBytes();
        tallyOfPort.apply(request.getLocalPort()).executed(request.getMethod(), request.getHeader(Upstream.CALL_ID));
        response.setContentType("text/plain");
        response.setContentLength(2);
        response.getOutputStream().print("ok");
    }
}
