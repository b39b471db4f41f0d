// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static io.evenkeel.testing.Answer.raw;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.testing.LeakCheck;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Section G of the fault matrix: what a server says about the life of its connection, while it keeps it open. For how
 * long a connection is kept then, see {@link KeepAliveOnTheWireTests}.
 */
class ConnectionHeaderTests {

    private static final boolean KEPT = true;
    private static final boolean CLOSED = false;

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    static Stream<Arguments> rows() {
        return BrokenHeadsTests.overPlainAndTls(Stream.of(
                arguments("G01 timeout=0", "1.1", "Keep-Alive: timeout=0", CLOSED),
                arguments("G01 timeout=-1", "1.1", "Keep-Alive: timeout=-1", KEPT),
                arguments("G02 timeout=Long.MAX_VALUE", "1.1", "Keep-Alive: timeout=9223372036854775807", KEPT),
                arguments("G02 timeout above a long", "1.1", "Keep-Alive: timeout=92233720368547758070", KEPT),
                arguments("G03 timeout=1", "1.1", "Keep-Alive: timeout=1", CLOSED),
                arguments("G03 timeout=2", "1.1", "Keep-Alive: timeout=2", KEPT),
                arguments("G04 5.5", "1.1", "Keep-Alive: timeout=5.5", KEPT),
                arguments("G04 empty", "1.1", "Keep-Alive:", KEPT),
                arguments("G04 a word", "1.1", "Keep-Alive: timeout=abc", KEPT),
                arguments("G04 duplicate", "1.1", "Keep-Alive: timeout=9\r\nKeep-Alive: timeout=9", KEPT),
                arguments("G04 quoted", "1.1", "Keep-Alive: timeout=\"0\"", KEPT),
                arguments("G04 60 KB", "1.1", "Keep-Alive: " + "x".repeat(60_000), KEPT),
                arguments("G05 max=1", "1.1", "Keep-Alive: max=1", KEPT),
                arguments("G05 max=0", "1.1", "Keep-Alive: max=0", CLOSED),
                arguments("G06 close", "1.1", "Connection: close", CLOSED),
                arguments("G06 close and a hint", "1.1", "Connection: close\r\nKeep-Alive: timeout=60", CLOSED),
                arguments("G07 HTTP/1.0", "1.0", "X: y", CLOSED),
                arguments("G07 HTTP/1.0 with keep-alive", "1.0", "Connection: keep-alive", KEPT),
                arguments("G07 HTTP/1.0 with Keep-Alive only", "1.0", "Keep-Alive: timeout=60", CLOSED),
                arguments("G08 in mixed case", "1.1", "cOnNection: ClOsE", CLOSED),
                arguments("G08 in a list", "1.1", "Connection: x, close , y", CLOSED),
                arguments("G08 in a second field", "1.1", "Connection: keep-alive\r\nConnection: close", CLOSED),
                arguments("G08 folded", "1.1", "Connection: x,\r\n close", CLOSED),
                arguments("G08 Proxy-Connection", "1.1", "Proxy-Connection: close", CLOSED),
                arguments("G08 part of a word", "1.1", "Connection: closed", KEPT)));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("rows")
    void connectionIsKeptAsTheServerSays(Wiring wiring, String row, String version, String fields, boolean kept)
            throws Exception {
        String answer = "HTTP/" + version + " 200 OK\r\n" + fields + "\r\nContent-Length: 2\r\n\r\nhi";

        new FaultRig(this.leaks, wiring, kept, raw(answer))
                .assertAnswered(reply -> assertThat(reply.body()).isEqualTo("hi"));
    }

    /** The framing of HTTP/1.0 has no chunks, and a proxy of that age may have kept some (RFC 9112, section 6.1). */
    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("chunksOfOldServers")
    void chunksOfAnOldServerAreReadAndItsConnectionClosed(Wiring wiring, String row) throws Exception {
        String answer =
                "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";

        new FaultRig(this.leaks, wiring, CLOSED, raw(answer))
                .assertAnswered(reply -> assertThat(reply.body()).isEqualTo("hi"));
    }

    static Stream<Arguments> chunksOfOldServers() {
        return BrokenHeadsTests.overPlainAndTls(Stream.of(arguments("G07 HTTP/1.0 with chunks")));
    }
}
