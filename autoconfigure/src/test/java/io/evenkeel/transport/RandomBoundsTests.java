// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.transport.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.deadline.Deadlines;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.CallTimeoutException;
import io.evenkeel.testing.EmbeddedTomcat;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Stalls;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Ten thousand calls whose time is over just about when the server answers. */
class RandomBoundsTests {

    private static final int THREADS = 16;

    /** How many calls there are, and for how long a server takes at most: TLS takes its time, and a call that is late ends its connection. */
    enum Kind {
        PLAIN(10_000, 6000),
        TLS(2000, 30_000);

        private final int calls;
        private final int mostMicros;

        Kind(int calls, int mostMicros) {
            this.calls = calls;
            this.mostMicros = mostMicros;
        }
    }

    private static final Duration LATE = Duration.ofMillis(20);

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final AtomicInteger answered = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();
    private Duration latest = Duration.ZERO;
    private final List<String> faults = new CopyOnWriteArrayList<>();

    /** Answers with the path, in two parts, some time later. */
    private static final class Echo extends HttpServlet {

        private static final long serialVersionUID = 1L;

        @Override
        protected void doGet(HttpServletRequest request, HttpServletResponse response) throws IOException {
            int micros = Integer.parseInt(request.getParameter("micros"));
            LockSupport.parkNanos(micros * 500L);
            response.getOutputStream().print(request.getRequestURI());
            response.flushBuffer();
            LockSupport.parkNanos(micros * 500L);
            response.getOutputStream().print(request.getRequestURI());
        }
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void noAnswerComesLateAndNoneIsThatOfAnotherCall(Kind kind) throws Exception {
        boolean tls = kind == Kind.TLS;
        EmbeddedTomcat server =
                this.leaks.closeAfter(EmbeddedTomcat.start(tls, Duration.ofSeconds(20), false, new Echo()));
        TestClient client = TestClient.with(this.leaks, settings -> settings.limits(4, 20));
        URI root = URI.create((tls ? "https" : "http") + "://127.0.0.1:" + server.port() + "/");
        try (Stalls stalls = new Stalls()) {
            List<Thread> callers = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                int number = i;
                Thread caller = new Thread(() -> call(client, root, kind, number), "caller-" + i);
                callers.add(caller);
                caller.start();
            }
            for (Thread caller : callers) {
                caller.join();
            }
            Duration stalled = stalls.take();
            assertThat(this.faults).as("machine stalled for %s", stalled).isEmpty();
            // A thread that waits for a processor comes late, too, with what it had in time.
            assertThat(this.latest).isLessThan(LATE.plus(stalled.multipliedBy(THREADS)));
        }

        assertThat(this.answered.get() + this.ended.get()).isEqualTo(kind.calls);
        assertThat(this.answered).hasPositiveValue();
        assertThat(this.ended).hasPositiveValue();
        assertThat(client.events.failures).hasSize(this.ended.get());
        eventually("nothing is leased", () -> client.active() == 0 && client.pending() == 0);
        assertThat(client.pools.callTimer().running()).isZero();
        assertThat(client.get(root.resolve("/last?micros=0")).body()).isEqualTo("/last/last");
    }

    private void call(TestClient client, URI root, Kind kind, int number) {
        Random random = new Random(number);
        for (int i = number; i < kind.calls; i += THREADS) {
            String path = "/" + i;
            URI uri = root.resolve(path + "?micros=" + random.nextInt(kind.mostMicros));
            Duration limit = Duration.ofNanos(1000L * random.nextInt(2 * kind.mostMicros));
            long start = System.nanoTime();
            try {
                String body = Deadlines.within(limit, () -> client.get(uri).body());
                this.answered.incrementAndGet();
                if (!body.equals(path + path)) {
                    this.faults.add(path + " was answered with " + body);
                }
                this.lateBy(Duration.ofNanos(System.nanoTime() - start).minus(limit));
            } catch (CallTimeoutException | CallRejectedException ex) {
                this.ended.incrementAndGet();
            } catch (IOException ex) {
                this.faults.add(path + " failed otherwise: " + ex);
            }
        }
    }

    private synchronized void lateBy(Duration late) {
        if (late.compareTo(this.latest) > 0) {
            this.latest = late;
        }
    }
}
