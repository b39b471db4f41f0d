// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;

/** A request to it submits the {@link Work} that is its query, and is answered when all of it is submitted. */
@SuppressWarnings("serial")
final class WorkServlet extends HttpServlet {

    private final transient Tasks tasks;
    private static final String ANSWER = "submitted";

    private final transient Journal journal;
    private final AtomicInteger requests = new AtomicInteger();

    WorkServlet(Tasks tasks, Journal journal) {
        this.tasks = tasks;
        this.journal = journal;
    }

    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
        Work work = Work.parse(request.getQueryString());
        String id = "request-" + this.requests.incrementAndGet();
        this.journal.write(Event.REQUESTED, id);
        try {
            Pause.of(work.delay());
            this.tasks.submit(work, id);
            response.setContentLength(ANSWER.length());
            response.getWriter().print(ANSWER);
            // Tomcat may take a request for finished, and stop, before its answer has left the buffer.
            response.flushBuffer();
        } catch (InterruptedException ex) {
            response.sendError(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
        }
    }
}
