// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.hc.core5.http.HttpHost;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The end of the time, which may come between any two looks at it. */
class AddressRaceTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    private final List<InetSocketAddress> silent = new ArrayList<>();

    /** The clock of a machine that stands still for a while at each look. */
    @ParameterizedTest
    @ValueSource(longs = {100, 900, 1_000, 1_900, 2_500, 4_000, 7_000, 11_000, 19_000, 30_000, 60_000})
    void aPauseAtTheDeadlineNeitherHangsNorFailsIt(long microsPerLook) throws IOException {
        silent("127.0.0.1");
        silent("127.0.0.2");
        AtomicLong now = new AtomicLong();
        Ticker ticker = () -> now.addAndGet(microsPerLook * 1000);

        assertTimeoutPreemptively(Duration.ofSeconds(10), () -> {
            try (AddressRace race = race(ticker, Duration.ofMillis(50))) {
                assertThat(race.run(new ArrayDeque<>(this.silent))).isNull();
            }
        });
    }

    @Test
    void manySilentOnesMakeRoomForOneThatAnswers() throws IOException {
        for (int i = 1; i <= 10; i++) {
            silent("127.0.0." + i);
        }
        ScriptedServer server =
                this.leaks.server(ScriptedServer.http().address("127.0.0.20").start());
        List<InetSocketAddress> all = new ArrayList<>(this.silent);
        all.add(new InetSocketAddress("127.0.0.20", server.port()));

        try (AddressRace race = race(Ticker.SYSTEM, Duration.ofSeconds(5))) {
            AddressRace.Attempt winner = race.run(new ArrayDeque<>(all));

            assertThat(winner).isNotNull();
            assertThat(winner.address.getPort()).isEqualTo(server.port());
            winner.socket.close();
        }
    }

    private AddressRace race(Ticker ticker, Duration limit) throws IOException {
        ChannelSockets sockets = new ChannelSockets(Ticker.SYSTEM, false);
        Deadline deadline = Deadline.after(limit, ticker);
        return new AddressRace(
                () -> sockets.create(null),
                deadline,
                new FailedAddresses(ticker),
                new DialFailures(new HttpHost("test.example"), this.silent, deadline, "key"),
                ticker);
    }

    /** A listener whose queue is full, so that nobody is answered. */
    private void silent(String address) throws IOException {
        ScriptedServer hole = this.leaks.server(ScriptedServer.http()
                .backlog(1)
                .withoutAccepting()
                .address(address)
                .start());
        InetSocketAddress socketAddress = new InetSocketAddress(address, hole.port());
        for (int i = 0; i < 2; i++) {
            this.leaks.closeAfter(new Socket()).connect(socketAddress, 1000);
        }
        this.silent.add(socketAddress);
    }
}
