// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that mixes its answers up under load: a request gets its own answer or none. */
class ForeignAnswersTests {

    private static final int CALLERS = 8;

    private static final int CALLS = Integer.getInteger("evenkeel.test.tagged-calls", 100);

    private static final String POISON = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nPOISON";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** Each answer says which request it is for, and what is behind it is for nobody. */
    private static Answer mixedUp(Request request) {
        String id = request.target().substring(1);
        return switch (Math.floorMod(id.hashCode(), 10)) {
            case 0 -> ok(id).followedBy(POISON);
            case 1 -> ok(id).chunked().followedBy(POISON);
            case 2 -> status(204).header("X-Id", id).followedBy(POISON);
            case 3 ->
                raw("HTTP/1.1 200 OK\r\nContent-Length: " + id.length()
                        + "\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + POISON);
            case 4 ->
                raw("HTTP/1.1 200 OK\r\nContent-Length: " + id.length() + "\r\nContent-Length: 0\r\n\r\n" + id
                        + POISON);
            case 5 -> status(302).header("Location", "/" + id + "x").body(id).followedBy(POISON);
            default -> ok(id);
        };
    }

    @ParameterizedTest
    @EnumSource(Wiring.class)
    void noRequestGetsTheAnswerOfAnother(Wiring wiring) throws Exception {
        ScriptedServer server = this.leaks.server(
                wiring.server().byDefault(ForeignAnswersTests::mixedUp).start());
        TestClient client = TestClient.withDefaults(this.leaks);
        // Each answer with something behind it costs a connection, and with TLS a handshake.
        int calls = wiring.secure() ? CALLS / 10 : CALLS;
        ConcurrentLinkedQueue<String> foreign = new ConcurrentLinkedQueue<>();
        AtomicInteger answered = new AtomicInteger();
        AtomicInteger refused = new AtomicInteger();
        ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
        this.leaks.closeAfter(callers::shutdownNow);

        List<Callable<Void>> work = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            int first = caller * calls;
            work.add(() -> {
                for (int i = first; i < first + calls; i++) {
                    String id = "id" + i;
                    try {
                        TestClient.Reply reply = client.get(server.uri("/" + id));
                        // A redirect appends to the identity.
                        if (reply.status() == 200
                                && !reply.body().replaceAll("x*$", "").equals(id)) {
                            foreign.add(id + " got " + reply.body());
                        }
                        answered.incrementAndGet();
                    } catch (IOException ex) {
                        refused.incrementAndGet();
                    }
                }
                return null;
            });
        }
        for (Future<Void> caller : callers.invokeAll(work)) {
            caller.get();
        }

        assertThat(foreign).isEmpty();
        assertThat(answered.get() + refused.get()).isEqualTo(CALLERS * calls);
        assertThat(answered.get()).isGreaterThan(CALLERS * calls / 2);
        // One in five is ambiguous.
        assertThat(refused.get()).isGreaterThan(CALLERS * calls / 10);
    }
}
