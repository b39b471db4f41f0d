// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.race.QuietLogs;
import io.evenkeel.race.RaceClients;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.springframework.web.client.RestClient;

/** Each frame costs: the compiler inlines so many and no more. */
@Timeout(60)
class CallStackTests {

    private static final int MOST_FRAMES = 60;

    private static final byte[] ANSWER =
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok".getBytes(StandardCharsets.US_ASCII);

    /** On a kept connection, from the call of RestClient to the wait of the JDK, without both ends. */
    @Test
    void aCallThatWaitsForItsResponseIsNoDeeperThanItHasToBe() throws Exception {
        try (QuietLogs quiet = new QuietLogs();
                RaceClients clients = RaceClients.start(true, Map.of());
                ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            RestClient client = clients.build();
            String url = "http://localhost:" + listener.getLocalPort() + "/";
            AtomicReference<StackTraceElement[]> waiting = new AtomicReference<>();
            Thread caller = new Thread(
                    () -> {
                        client.get().uri(url).retrieve().toBodilessEntity();
                        client.get().uri(url).retrieve().toBodilessEntity();
                    },
                    "caller");
            caller.start();
            try (Socket socket = listener.accept()) {
                readHead(socket);
                socket.getOutputStream().write(ANSWER);
                readHead(socket);
                while (waiting.get() == null) {
                    StackTraceElement[] stack = caller.getStackTrace();
                    if (stack[0].isNativeMethod() && isWaiting(stack)) {
                        waiting.set(stack);
                    }
                }
                socket.getOutputStream().write(ANSWER);
                caller.join();
            }

            // JDK 17 shows those of lambdas, too, newer ones do not.
            assertThat(Stream.of(waiting.get())
                            .filter(frame -> !frame.getClassName().contains("$$Lambda")))
                    .hasSizeLessThanOrEqualTo(MOST_FRAMES);
        }
    }

    private static boolean isWaiting(StackTraceElement[] stack) {
        return Arrays.stream(stack).anyMatch(frame -> frame.getMethodName().equals("receiveResponseHeader"));
    }

    private static void readHead(Socket socket) throws IOException {
        int ends = 0;
        while (ends < 4) {
            int read = socket.getInputStream().read();
            ends = (read == ((ends % 2 == 0) ? '\r' : '\n')) ? ends + 1 : 0;
        }
    }
}
