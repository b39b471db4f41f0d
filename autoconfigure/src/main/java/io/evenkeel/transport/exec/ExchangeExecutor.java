// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.exec;

import io.evenkeel.event.AttemptKind;
import io.evenkeel.event.AttemptOutcome;
import io.evenkeel.event.CallPhase;
import io.evenkeel.event.ConnectionListener;
import io.evenkeel.policy.TimeLimits;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.policy.replay.ExchangeFacts.Ending;
import io.evenkeel.time.Ticker;
import io.evenkeel.transport.connection.PooledConnection;
import io.evenkeel.transport.deadline.CallDeadline;
import io.evenkeel.transport.deadline.CallTimer;
import io.evenkeel.transport.deadline.WriteLimit;
import io.evenkeel.transport.http1.UnacceptableResponseException;
import io.evenkeel.transport.pool.ReplayPlace;
import java.io.IOException;
import java.time.Duration;
import org.apache.hc.client5.http.HttpRoute;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.Method;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Sends requests and notes what happens on the wire, which an exception alone does not tell. */
public final class ExchangeExecutor extends HttpRequestExecutor {

    private final String client;
    private final ConnectionListener listener;
    private final Ticker ticker;
    private final @Nullable TravellingDeadline sent;
    private final WriteLimit writeLimit;
    private final Timeout attemptTimeout;

    /**
     * @param attemptTimeout limit of the head of a response, if that is shorter than the read timeout; 0 for none
     * @param timer ends writes that cannot end by themselves
     */
    public ExchangeExecutor(
            String client,
            TimeLimits times,
            Duration attemptTimeout,
            CallTimer timer,
            ConnectionListener listener,
            Ticker ticker) {
        this.client = client;
        this.sent = times.sent();
        this.attemptTimeout = Timeout.of(attemptTimeout);
        this.writeLimit = new WriteLimit(times.write(), timer, ticker);
        this.listener = listener;
        this.ticker = ticker;
    }

    @Override
    public ClassicHttpResponse execute(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            @Nullable HttpResponseInformationCallback informationCallback,
            HttpContext context)
            throws IOException, HttpException {
        CallState call = CallState.of(context);
        ReplayPlace place = call.place();
        boolean tunnel = Method.CONNECT.isSame(request.getMethod());
        CallDeadline deadline = call.deadline();
        if (deadline != null) {
            deadline.enter(tunnel ? CallPhase.CONNECTING : CallPhase.SENDING);
        }
        if (deadline != null && this.sent != null && !tunnel) {
            tell(deadline.remaining(), this.sent, request);
        }
        Exchange exchange = Exchange.begin(connection, place, deadline, tunnel, this.writeLimit);
        call.exchange(exchange);
        ClassicHttpResponse response;
        long start = this.ticker.nanoTime();
        AttemptOutcome outcome = AttemptOutcome.UNKNOWN;
        try {
            Timeout ofBody = shortenRead(connection, tunnel);
            response = super.execute(request, connection, informationCallback, context);
            if (ofBody != null) {
                connection.setSocketTimeout(ofBody);
            }
            outcome = AttemptOutcome.ofStatus(response.getCode());
            if (tunnel && response.getEntity() != null) {
                readRefusal(response, response.getEntity(), connection, exchange);
            }
        } catch (IOException | HttpException | RuntimeException | Error ex) {
            outcome = (ex instanceof IOException || ex instanceof HttpException) ? AttemptOutcome.IO_ERROR : outcome;
            exchange.failed(ex);
            if (place != null && exchange.wasRefused()) {
                place.passOn(exchange.foundDead());
            } else if (place != null) {
                place.exchangeEnded(exchange.facts(ex), exchange.idle(), exchange.elapsed(), isRepeatable(request));
            }
            throw ex;
        } finally {
            if (!exchange.wasRefused()) {
                exchange.used();
                attempted(request, connection, context, call, outcome, start);
            }
        }
        // The code first: whether a connection may be kept takes a microsecond to find out.
        if (place != null
                && response.getCode() == HttpStatus.SC_REQUEST_TIMEOUT
                && exchange.isGoodbye(response, keepAlive(request, response, connection, context))
                && place.exchangeEnded(
                        exchange.facts(Ending.GOODBYE), exchange.idle(), exchange.elapsed(), isRepeatable(request))) {
            exchange.closedByPeer();
            throw new GoodbyeException();
        }
        return response;
    }

    /**
     * Gives the head of a response less time than its body, if attempts have a limit of their own.
     *
     * @return what the connection had before; null if that stays
     */
    private @Nullable Timeout shortenRead(HttpClientConnection connection, boolean tunnel) {
        if (tunnel || !this.attemptTimeout.isEnabled()) {
            return null;
        }
        Timeout own = connection.getSocketTimeout();
        if (own.isEnabled() && own.compareTo(this.attemptTimeout) <= 0) {
            return null;
        }
        connection.setSocketTimeout(this.attemptTimeout);
        return own;
    }

    /** Tells the server what is left, unless the request says that it is less. */
    private static void tell(Duration left, TravellingDeadline sent, ClassicHttpRequest request) {
        Duration shortest = left;
        for (Header own : request.getHeaders(sent.header())) {
            Duration wanted = sent.parse(own.getValue()).orElse(left);
            shortest = (wanted.compareTo(shortest) < 0) ? wanted : shortest;
        }
        request.removeHeaders(sent.header());
        request.addHeader(sent.header(), sent.format(shortest));
    }

    /**
     * Reads why a proxy refuses a tunnel. HttpClient, which does that below the links of its chain, would read on to the
     * end, however far that is.
     */
    private static void readRefusal(
            ClassicHttpResponse response, HttpEntity body, HttpClientConnection connection, Exchange exchange)
            throws IOException {
        Timeout limit = connection.getSocketTimeout();
        if (limit.isEnabled()) {
            exchange.readWithin(limit.toDuration());
        }
        try {
            byte[] read = body.getContent().readNBytes(BoundedDrainStream.MOST_BYTES + 1);
            if (read.length > BoundedDrainStream.MOST_BYTES) {
                connection.close(CloseMode.IMMEDIATE);
            }
            response.setEntity(new ByteArrayEntity(read, ContentType.parseLenient(body.getContentType())));
        } catch (ConnectionClosedException ex) {
            UnacceptableResponseException truncated =
                    UnacceptableResponseException.truncated("its body ended early (%s)".formatted(ex.getMessage()));
            truncated.initCause(ex);
            throw truncated;
        }
    }

    /** Asked afterwards: HttpClient calls a body that can be read once repeatable as long as nobody has read it. */
    private static boolean isRepeatable(ClassicHttpRequest request) {
        HttpEntity entity = request.getEntity();
        return entity == null || entity.isRepeatable();
    }

    private void attempted(
            ClassicHttpRequest request,
            HttpClientConnection connection,
            HttpContext context,
            CallState call,
            AttemptOutcome outcome,
            long start) {
        HttpRoute route = (HttpRoute) HttpClientContext.cast(context).getHttpRoute();
        // A tunnel belongs to the opening of its connection. A connection that is not ours has a pool that is not ours.
        if (Method.CONNECT.isSame(request.getMethod())
                || route == null
                || !(connection instanceof PooledConnection pooled)) {
            return;
        }
        this.listener.attempted(
                this.client,
                pooled.origin(route),
                kind(call),
                outcome,
                Duration.ofNanos(this.ticker.nanoTime() - start));
    }

    private static AttemptKind kind(CallState call) {
        ReplayPlace place = call.place();
        boolean retry = call.takeRetrying();
        if (place != null && place.takeReplay()) {
            return AttemptKind.REPLAY;
        }
        return retry ? AttemptKind.RETRY : AttemptKind.FIRST;
    }
}
