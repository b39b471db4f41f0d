// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import java.util.ArrayList;
import java.util.List;

/**
 * What happens to an application.
 *
 * @param server its web server
 * @param properties of the application
 * @param works what it submits at its start
 * @param requests how many requests it gets
 * @param request what each of them asks for
 * @param event of which the journal has to tell
 * @param events so often before the signal is sent
 * @param signals how many signals are sent; without one the application ends by itself
 */
record Script(
        Server server,
        List<String> properties,
        List<Work> works,
        int requests,
        Work request,
        Event event,
        int events,
        int signals) {

    private static final Work NOTHING = Work.of(Work.Kind.WAIT, 0);

    /** An application that gets a signal when it is ready. */
    static Script server(Server server) {
        List<String> properties = (server == Server.NONE)
                ? List.of("spring.main.web-application-type=none")
                : List.of("server.address=127.0.0.1", "server.port=0");
        return new Script(server, properties, List.of(), 0, NOTHING, Event.READY, 1, 1);
    }

    /** An application without a web server that submits these works, and gets a signal when a task has started. */
    static Script start(Work... works) {
        // As virtual threads, unlike those of pools, do not keep a JVM alive.
        return server(Server.NONE)
                .with("spring.main.keep-alive=true")
                .submit(works)
                .signalAt(Event.STARTED, 1);
    }

    Script with(String property) {
        List<String> more = new ArrayList<>(this.properties);
        more.add(property);
        return new Script(
                this.server, more, this.works, this.requests, this.request, this.event, this.events, this.signals);
    }

    Script submit(Work... works) {
        return new Script(
                this.server,
                this.properties,
                List.of(works),
                this.requests,
                this.request,
                this.event,
                this.events,
                this.signals);
    }

    Script requests(int requests, Work request) {
        return new Script(
                this.server, this.properties, this.works, requests, request, this.event, this.events, this.signals);
    }

    Script signalAt(Event event, int events) {
        return new Script(
                this.server, this.properties, this.works, this.requests, this.request, event, events, this.signals);
    }

    Script signals(int signals) {
        return new Script(
                this.server,
                this.properties,
                this.works,
                this.requests,
                this.request,
                this.event,
                this.events,
                signals);
    }

    /** {@return the number of tasks that are submitted, as far as it is known} */
    int tasks() {
        return this.requests * this.request.tasks()
                + this.works.stream().mapToInt(Work::tasks).sum();
    }
}
