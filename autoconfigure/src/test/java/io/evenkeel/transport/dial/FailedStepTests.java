// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.dial;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.BadResponseException.Reason;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.FailureReason;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.client5.http.RedirectException;
import org.apache.hc.client5.http.impl.classic.RequestFailedException;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.ProtocolException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class FailedStepTests {

    static Stream<Object> atEveryStep() {
        return Stream.of(
                arguments(new UnknownHostException("x"), FailureReason.DNS),
                arguments(new ConnectException("refused"), FailureReason.CONNECT),
                arguments(new NoRouteToHostException("x"), FailureReason.CONNECT),
                arguments(new ConnectTimeoutException("x"), FailureReason.CONNECT),
                arguments(new SSLHandshakeException("x"), FailureReason.TLS),
                arguments(new ProtocolException("a request that HttpClient refuses"), FailureReason.OTHER),
                arguments(new RedirectException("too many"), FailureReason.OTHER),
                arguments(new InterruptedIOException("x"), FailureReason.INTERRUPTED),
                arguments(new IOException(new ClosedByInterruptException()), FailureReason.INTERRUPTED),
                arguments(new RequestFailedException("x", new InterruptedException()), FailureReason.INTERRUPTED),
                arguments(new RequestFailedException("x"), FailureReason.CANCELLED),
                arguments(new CancellationException("x"), FailureReason.CANCELLED),
                arguments(new IOException("no space left"), FailureReason.IO),
                arguments(new IOException(new IOException("x")), FailureReason.IO),
                arguments(new IllegalStateException("x"), FailureReason.OTHER),
                arguments(new OutOfMemoryError("x"), FailureReason.OTHER));
    }

    @ParameterizedTest
    @MethodSource("atEveryStep")
    void theFirstCauseThatTellsDecides(Throwable failure, FailureReason reason) {
        for (FailedStep step : FailedStep.values()) {
            assertThat(step.reason(failure, false)).as(step.name()).isEqualTo(reason);
        }
    }

    static Stream<Object> ends() {
        return Stream.of(
                new ConnectionClosedException("x"),
                new NoHttpResponseException("x"),
                new SocketException("Connection reset"),
                new SSLException("x", new SocketException("Connection reset")),
                new IOException(new SocketException("Broken pipe")));
    }

    @ParameterizedTest
    @MethodSource("ends")
    void theEndOfTheConnectionMeansSomethingElseAtEachStep(Throwable end) {
        assertThat(FailedStep.BEFORE.reason(end, false)).isEqualTo(FailureReason.IO);
        assertThat(FailedStep.CONNECTING.reason(end, false)).isEqualTo(FailureReason.CONNECT);
        assertThat(FailedStep.HANDSHAKE.reason(end, false)).isEqualTo(FailureReason.TLS);
        assertThat(FailedStep.EXCHANGE.reason(end, false)).isEqualTo(FailureReason.CONNECTION_LOST);
        assertThat(FailedStep.BODY.reason(end, false)).isEqualTo(FailureReason.TRUNCATED);
    }

    @Test
    void aTimeoutIsOfTheReadUnlessNothingWasSent() {
        SocketTimeoutException timeout = new SocketTimeoutException("Read timed out");

        assertThat(FailedStep.BEFORE.reason(timeout, false)).isEqualTo(FailureReason.IO);
        assertThat(FailedStep.HANDSHAKE.reason(timeout, false)).isEqualTo(FailureReason.TLS);
        assertThat(FailedStep.EXCHANGE.reason(timeout, false)).isEqualTo(FailureReason.READ_TIMEOUT);
        assertThat(FailedStep.BODY.reason(timeout, false)).isEqualTo(FailureReason.READ_TIMEOUT);
    }

    @Test
    void whatACallThatWasAbortedEndsInIsNotTheReason() {
        assertThat(FailedStep.EXCHANGE.reason(new SocketException("Socket closed"), true))
                .isEqualTo(FailureReason.CANCELLED);
        assertThat(FailedStep.BODY.reason(truncated(), true)).isEqualTo(FailureReason.CANCELLED);
        assertThat(FailedStep.BODY.reason(truncated(), false)).isEqualTo(FailureReason.TRUNCATED);
    }

    private static BadResponseException truncated() {
        return new BadResponseException(
                "x", "default", "http://localhost", Reason.TRUNCATED, Sent.YES, Duration.ZERO, new IOException("x"));
    }

    @ParameterizedTest
    @EnumSource
    void everyRejectionHasItsReason(CallRejectedException.Reason reason) {
        Exception rejection = new CallRejectedException("x", "default", "http://localhost", reason, Duration.ZERO);

        assertThat(FailedStep.CONNECTING
                        .reason(new IOException(rejection), true)
                        .name())
                .isEqualTo(reason.name());
    }

    @Test
    void aCircleOfCausesEnds() {
        Exception one = new Exception("one");
        Exception other = new Exception("other", one);
        one.initCause(other);

        assertThat(FailedStep.BODY.reason(one, false)).isEqualTo(FailureReason.OTHER);
    }
}
