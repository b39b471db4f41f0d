// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.deadline;

import io.evenkeel.deadline.Bound;
import io.evenkeel.deadline.Deadlines;
import io.evenkeel.error.CallRejectedException;
import io.evenkeel.error.CallTimeoutException;
import io.evenkeel.error.EvenkeelException.Sent;
import io.evenkeel.event.BoundSource;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.event.FailureReason;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.spec.ClientSpec;
import io.evenkeel.transport.support.LastNamed;
import io.evenkeel.transport.support.Origins;
import io.evenkeel.transport.support.Texts;
import java.time.Duration;
import java.util.stream.Collectors;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Bounds the calls of one client, and says what happened to those that were late. Thread-safe. */
public final class CallDeadlines {

    private final ClientSpec spec;
    private final ConnectionListener listener;
    private final CallTimer timer;
    private final Ticker ticker;
    private final LastNamed origins = new LastNamed(Origins::of);

    public CallDeadlines(ClientSpec spec, ConnectionListener listener, CallTimer timer, Ticker ticker) {
        this.spec = spec;
        this.listener = listener;
        this.timer = timer;
        this.ticker = ticker;
    }

    /**
     * Begins the bound of a call, if it has one.
     *
     * @param route where it goes
     * @param call ends if it is late
     * @return what is to be ended with the call
     * @throws CallRejectedException if nothing is left of it
     */
    public @Nullable CallDeadline begin(HttpContext context, HttpRoute route, BoundedCall call)
            throws CallRejectedException {
        shortenReadTimeout(context, call);
        // Read once: time that passes in here is the call's, too.
        long now = this.ticker.nanoTime();
        Duration own = this.spec.times().call();
        Deadline deadline = own.isZero() ? null : Deadline.after(own, this.ticker, now);
        BoundSource source = BoundSource.CLIENT;
        Bound around = Deadlines.current();
        if (around != null
                && (deadline == null || around.deadline().remainingNanos(now) < deadline.remainingNanos(now))) {
            deadline = around.deadline();
            source = around.source();
        }
        if (deadline == null) {
            return null;
        }
        String origin = this.origins.of(route.getTargetHost());
        Duration left = (source == BoundSource.CLIENT) ? own : Duration.ofNanos(deadline.remainingNanos(now));
        this.listener.bounded(this.spec.client(), origin, source, left);
        if (left.isZero()) {
            throw nothingLeft(source, deadline, origin);
        }
        return CallDeadline.begin(deadline, source, now, this.timer, call);
    }

    private void shortenReadTimeout(HttpContext context, BoundedCall call) {
        Duration wanted = Deadlines.takeReadTimeout();
        if (wanted == null) {
            return;
        }
        HttpClientContext ofCall = HttpClientContext.cast(context);
        RequestConfig config = ofCall.getRequestConfigOrDefault();
        Timeout own = config.getResponseTimeout();
        Duration current = (own != null) ? own.toDuration() : this.spec.readTimeout();
        if (current.isZero() || wanted.compareTo(current) < 0) {
            call.hurry();
            ofCall.setRequestConfig(RequestConfig.copy(config)
                    .setResponseTimeout(Timeout.of(wanted))
                    .build());
        }
    }

    private CallRejectedException nothingLeft(BoundSource source, Deadline deadline, String origin) {
        String message = "Client '%s' did not call %s: nothing is left of %s, which was %s."
                .formatted(this.spec.client(), origin, setBy(source), Texts.duration(deadline.limit()));
        return new CallRejectedException(
                message, this.spec.client(), origin, CallRejectedException.Reason.NO_TIME_LEFT, Duration.ZERO);
    }

    /**
     * {@return what a caller is told whose call was late}
     *
     * @param call whose time is over
     * @param origin where it went last
     * @param sent whether the server may have seen the request
     * @param cause what the call met when its connection was taken away, if anything
     */
    public CallTimeoutException late(
            CallDeadline call, String method, String origin, Sent sent, @Nullable Throwable cause) {
        BoundSource source = call.source();
        Duration limit = call.deadline().limit();
        String spent = call.spent().entrySet().stream()
                .map(each -> each.getKey().words() + " " + Texts.duration(each.getValue()))
                .collect(Collectors.joining(", "));
        String message = "%s %s took longer than %s (client '%s', %s; time spent: %s). %s"
                .formatted(
                        method,
                        origin,
                        Texts.duration(limit),
                        this.spec.client(),
                        call.phase().words(),
                        spent,
                        remedy(source));
        FailureReason reason = (source == BoundSource.CLIENT) ? FailureReason.CALL_TIMEOUT : FailureReason.DEADLINE;
        return new CallTimeoutException(
                message,
                this.spec.client(),
                origin,
                reason.code(),
                call.phase(),
                call.spent(),
                limit,
                sent,
                call.deadline().elapsed(),
                cause);
    }

    /** Tells the listener of a failure that was the end of a time. */
    public void report(Throwable failure, String route) {
        TimeBounds.report(failure, this.spec.client(), route, this.listener);
    }

    private String remedy(BoundSource source) {
        return (source == BoundSource.CLIENT)
                ? "Raise %s.call-timeout if a call may take longer.".formatted(this.spec.keyPrefix())
                : "That limit is %s.".formatted(setBy(source));
    }

    private String setBy(BoundSource source) {
        return switch (source) {
            case CLIENT -> this.spec.keyPrefix() + ".call-timeout";
            case REQUEST -> "the attribute %s of the request".formatted(Deadlines.CALL_TIMEOUT);
            case CODE -> "the deadline that the code around the call has set (Deadlines.within)";
            case CALLER -> "the deadline that came with the request which the application is answering";
        };
    }
}
