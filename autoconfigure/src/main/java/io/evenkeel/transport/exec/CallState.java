// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.event.CallPhase;
import io.evenkeel.policy.breaker.Breaker;
import io.evenkeel.policy.replay.ExchangeFacts;
import io.evenkeel.policy.replay.RequestFacts;
import io.evenkeel.policy.retry.RetryHistory;
import io.evenkeel.retry.Retries;
import io.evenkeel.transport.deadline.BoundedCall;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.pool.ReplayPlace;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.hc.client5.http.classic.ExecChain;
import org.apache.hc.core5.concurrent.Cancellable;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What the links of the chain tell each other about one call, under one attribute of its context. Begun anew by each call, as
 * its context may have been that of another one. Used by the thread of the call; what others may ask says so.
 */
public final class CallState implements BoundedCall {

    private final AtomicReference<@Nullable Consumer<IOException>> reporter = new AtomicReference<>();
    private volatile boolean isHandedOut;
    private boolean shielded;
    private @Nullable ReplayPlace place;
    private volatile @Nullable CallDeadline deadline;
    private volatile ExecChain.@Nullable Scope scope;
    private volatile @Nullable Exchange exchange;
    private final Retries.@Nullable Wish wish;
    private @Nullable RetryHistory retries;
    private @Nullable IOException lost;
    private @Nullable Breaker breaker;
    private boolean hurried;
    private boolean isSaved;
    private @Nullable BoundedDrainEntity body;
    private @Nullable ClassicHttpResponse encoded;

    private CallState(Retries.@Nullable Wish wish) {
        this.wish = wish;
    }

    static CallState begin(HttpContext context) {
        CallState call = new CallState(Retries.take());
        context.setAttribute(ATTRIBUTE, call);
        return call;
    }

    /** {@return the state of the call} A client whose connections are not ours begins none. */
    public static CallState of(HttpContext context) {
        return (context.getAttribute(ATTRIBUTE) instanceof CallState call) ? call : begin(context);
    }

    /** {@return whether the thread was interrupted before the call began} */
    boolean isShielded() {
        return this.shielded;
    }

    void shield() {
        this.shielded = true;
    }

    /** Names what ends with the call. */
    void runsIn(ExecChain.Scope scope) {
        this.scope = scope;
    }

    void bound(@Nullable CallDeadline deadline) {
        this.deadline = deadline;
    }

    @Override
    public @Nullable CallDeadline deadline() {
        return this.deadline;
    }

    /** {@return whether the call has a bound, and is late} Asked by any thread that reads the body. */
    public boolean isLate() {
        CallDeadline bound = this.deadline;
        return bound != null && bound.isOver();
    }

    /** Ends the bound. {@return whether the call has none, or was over in time} */
    boolean end() {
        CallDeadline bound = this.deadline;
        return bound == null || bound.end();
    }

    @Override
    public void abort() {
        ExecChain.Scope running = this.scope;
        if (running == null) {
            return;
        }
        Exchange last = this.exchange;
        if (last != null) {
            last.timesOut();
        }
        if (running.originalRequest instanceof Cancellable request) {
            request.cancel();
        }
        running.execRuntime.discardEndpoint();
    }

    /** {@return the right to a replay of the request that is under way} */
    @Nullable
    ReplayPlace place() {
        return this.place;
    }

    void place(ReplayPlace place) {
        this.place = place;
    }

    /** {@return the last exchange of the request that is under way, if it came to one} */
    @Nullable
    Exchange exchange() {
        return this.exchange;
    }

    void exchange(@Nullable Exchange exchange) {
        this.exchange = exchange;
    }

    /** {@return what is known of the last exchange, now that it failed; null if the request came to none} */
    public @Nullable ExchangeFacts failedExchange(Exception failure) {
        Exchange last = this.exchange;
        return (last != null) ? last.facts(failure) : null;
    }

    /** The request was lost with its connection, and was not replayed. */
    IOException lost(IOException failure) {
        this.lost = failure;
        return failure;
    }

    /** {@return whether that is how the request was lost} A call that the application makes meanwhile has failures of its own. */
    public boolean isLostBy(Exception failure) {
        return this.lost == failure;
    }

    /** @param saved whether a retry got what the caller wants, as far as is known */
    public void saved(boolean saved) {
        this.isSaved = saved;
    }

    /** {@return the request that the call was made with, which a redirect does not change} */
    public @Nullable ClassicHttpRequest originalRequest() {
        ExecChain.Scope running = this.scope;
        return (running != null) ? running.originalRequest : null;
    }

    boolean isSaved() {
        return this.isSaved;
    }

    /** {@return what the request that is under way says of being sent twice} */
    public @Nullable RequestFacts request() {
        return (this.place != null) ? this.place.request() : null;
    }

    /** {@return whether the caller says that it may be executed twice, whatever it is} */
    boolean isDeclaredIdempotent() {
        return this.wish != null && this.wish.idempotent();
    }

    /** {@return whether the caller does not mind retries} */
    public boolean mayRetry() {
        return this.wish == null || this.wish.retry();
    }

    /** {@return the retries of the call; empty until something fails} */
    public RetryHistory retries() {
        if (this.retries == null) {
            this.retries = new RetryHistory();
        }
        return this.retries;
    }

    /** {@return whether it had any} */
    public boolean hasRetried() {
        return this.retries != null && this.retries.count() > 0;
    }

    boolean takeRetrying() {
        return this.retries != null && this.retries.takeRetrying();
    }

    /** @param breaker that has let the attempt through which is under way */
    public void breaker(Breaker breaker) {
        this.breaker = breaker;
    }

    /** {@return whether the breaker of the last attempt lets nothing more through} */
    public boolean isCircuitOpen() {
        return this.breaker != null && this.breaker.isOpen();
    }

    /** {@return whether the caller waits less long for a response than the client does} */
    public boolean isHurried() {
        return this.hurried;
    }

    @Override
    public void hurry() {
        this.hurried = true;
    }

    /** {@return the body of the last response as it comes from the wire, which HttpClient wraps further} */
    public @Nullable BoundedDrainEntity body() {
        return this.body;
    }

    void body(@Nullable BoundedDrainEntity body) {
        this.body = body;
    }

    /** {@return the response that reached the decoding last, if it has content in a coding} */
    public @Nullable ClassicHttpResponse encoded() {
        return this.encoded;
    }

    public void encoded(@Nullable ClassicHttpResponse encoded) {
        this.encoded = encoded;
    }

    /**
     * The response is handed out, and the reporter hears if its body fails. With the body ends the call.
     *
     * @throws SocketTimeoutException if it is late
     */
    void handedOut(Consumer<IOException> reporter) throws SocketTimeoutException {
        CallDeadline bound = this.deadline;
        if (bound != null) {
            this.isHandedOut = true;
            bound.enter(CallPhase.READING);
            boolean whole = this.body == null || this.body.hasEnded();
            if (whole ? !bound.end() : bound.isOver()) {
                throw new SocketTimeoutException("The time of the call was over when its response was there");
            }
        }
        this.reporter.set(reporter);
    }

    /** The body of a response is over. If it is that of the response that was handed out, so is the call. */
    void bodyEnded() {
        if (this.isHandedOut) {
            end();
        }
    }

    /** Reports that the body of the response failed, unless that was reported. Called by any thread. */
    void bodyFailed(IOException failure) {
        Consumer<IOException> hears = this.reporter.getAndSet(null);
        if (hears != null) {
            hears.accept(failure);
        }
    }
}
