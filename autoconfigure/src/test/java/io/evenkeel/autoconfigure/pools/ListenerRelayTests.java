// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.pools;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.event.AcquireResult;
import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.CloseReason;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.CreationResult;
import io.evenkeel.event.FailureAvoided;
import io.evenkeel.event.FailureReason;
import io.evenkeel.event.HandshakeResult;
import io.evenkeel.event.ReloadResult;
import io.evenkeel.transport.ListenerRelay;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class ListenerRelayTests {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final ListenerRelay relay = new ListenerRelay();
    private final Recorder recorder = new Recorder();

    @Test
    void everyEventArrives() {
        this.relay.relayTo(List.of(this.recorder));
        sendAll();
        assertThat(this.recorder.heard)
                .containsExactly(
                        "acquired REUSED",
                        "created SUCCESS",
                        "handshaken FULL",
                        "closed IDLE",
                        "idle PT1S",
                        "attempted REPLAY SUCCESS",
                        "failed DNS",
                        "avoided REPLAYED",
                        "reloaded FAILURE");
    }

    @Test
    void nobodyHearsAnythingBeforeTheListenersAreKnown() {
        sendAll();
        assertThat(this.recorder.heard).isEmpty();
    }

    @Test
    void aListenerThatFailsDisturbsNobodyAndIsReportedOnce(CapturedOutput output) {
        ConnectionListener broken = new ConnectionListener() {

            @Override
            public void acquired(String client, String route, AcquireResult result, Duration waited) {
                throw new NoClassDefFoundError("broken");
            }

            @Override
            public String toString() {
                return "the broken one";
            }
        };
        this.relay.relayTo(List.of(broken, this.recorder));
        this.relay.acquired("default", "http://localhost", AcquireResult.REUSED, SECOND);
        this.relay.acquired("default", "http://localhost", AcquireResult.OPENED, SECOND);
        assertThat(this.recorder.heard).containsExactly("acquired REUSED", "acquired OPENED");
        assertThat(output.toString().split("later failures of it are logged at level debug: the broken one", -1))
                .hasSize(2);
    }

    @Test
    void theListenersOfAnApplicationAreHeardAtOnce() {
        Contexts.plain().withBean(Recorder.class).run(context -> {
            relayOf(context.getBean(ConnectionPoolsOwner.class))
                    .acquired("default", "http://localhost", AcquireResult.REUSED, SECOND);
            assertThat(context.getBean(Recorder.class).heard).containsExactly("acquired REUSED");
        });
    }

    @Test
    void theListenersOfALazyApplicationAreHeardToo() {
        Contexts.plain()
                .withBean(Recorder.class)
                .withInitializer(context ->
                        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
                .run(context -> {
                    relayOf(context.getBean(ConnectionPoolsOwner.class))
                            .acquired("default", "http://localhost", AcquireResult.REUSED, SECOND);
                    assertThat(context.getBean(Recorder.class).heard).containsExactly("acquired REUSED");
                });
    }

    private static ListenerRelay relayOf(ConnectionPoolsOwner owner) {
        return owner.relay();
    }

    private void sendAll() {
        this.relay.acquired("default", "http://localhost", AcquireResult.REUSED, SECOND);
        this.relay.created("default", "http://localhost", CreationResult.SUCCESS, SECOND);
        this.relay.handshaken("default", "http://localhost", HandshakeResult.FULL, SECOND);
        this.relay.closed("default", "http://localhost", CloseReason.IDLE, SECOND);
        this.relay.idleTimeoutChanged("default", "http://localhost", SECOND);
        this.relay.attempted("default", "http://localhost", AttemptKind.REPLAY, AttemptOutcome.SUCCESS, SECOND);
        this.relay.failed("default", "http://localhost", FailureReason.DNS);
        this.relay.avoided("default", "http://localhost", FailureAvoided.REPLAYED);
        this.relay.tlsReloaded("partner", ReloadResult.FAILURE);
    }

    static final class Recorder implements ConnectionListener {

        private final List<String> heard = new ArrayList<>();

        @Override
        public void acquired(String client, String route, AcquireResult result, Duration waited) {
            this.heard.add("acquired " + result);
        }

        @Override
        public void created(String client, String route, CreationResult result, Duration took) {
            this.heard.add("created " + result);
        }

        @Override
        public void handshaken(String client, String route, HandshakeResult result, Duration took) {
            this.heard.add("handshaken " + result);
        }

        @Override
        public void closed(String client, String route, CloseReason reason, Duration age) {
            this.heard.add("closed " + reason);
        }

        @Override
        public void idleTimeoutChanged(String client, String route, Duration idleTimeout) {
            this.heard.add("idle " + idleTimeout);
        }

        @Override
        public void attempted(String client, String route, AttemptKind kind, AttemptOutcome outcome, Duration took) {
            this.heard.add("attempted " + kind + " " + outcome);
        }

        @Override
        public void failed(String client, String route, FailureReason reason) {
            this.heard.add("failed " + reason);
        }

        @Override
        public void avoided(String client, String route, FailureAvoided how) {
            this.heard.add("avoided " + how);
        }

        @Override
        public void tlsReloaded(String bundle, ReloadResult result) {
            this.heard.add("reloaded " + result);
        }
    }
}
