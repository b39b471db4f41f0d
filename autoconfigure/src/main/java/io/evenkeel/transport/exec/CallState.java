// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.transport.pool.ReplayPlace;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * What the links of the chain tell each other about one call, under one attribute of its context. Begun anew by each call, as
 * its context may have been that of another one. Used by the thread of the call; what others may ask says so.
 */
public final class CallState {

    private static final String ATTRIBUTE = CallState.class.getName();

    private final AtomicReference<@Nullable Consumer<IOException>> reporter = new AtomicReference<>();
    private boolean shielded;
    private @Nullable ReplayPlace place;
    private @Nullable Exchange exchange;
    private @Nullable BoundedDrainEntity body;
    private @Nullable ClassicHttpResponse encoded;

    private CallState() {}

    static CallState begin(HttpContext context) {
        CallState call = new CallState();
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

    /** The response is handed out, and the reporter hears if its body fails. */
    void handedOut(Consumer<IOException> reporter) {
        this.reporter.set(reporter);
    }

    /** Reports that the body of the response failed, unless that was reported. Called by any thread. */
    void bodyFailed(IOException failure) {
        Consumer<IOException> hears = this.reporter.getAndSet(null);
        if (hears != null) {
            hears.accept(failure);
        }
    }
}
