// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.deadline;

import io.evenkeel.deadline.Bound;
import io.evenkeel.deadline.Deadlines;
import io.evenkeel.event.BoundSource;
import io.evenkeel.policy.TravellingDeadline;
import io.evenkeel.time.Deadline;
import io.evenkeel.time.Ticker;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Binds what is left of the caller's time, as a header of its request says it, to the thread that answers: the calls that are made
 * meanwhile end with it. Asynchronous and error dispatches of the request go on with the same deadline. Thread-safe.
 */
public final class DeadlineFilter extends OncePerRequestFilter implements Ordered {

    /** Before filters that may call others, such as those of Spring Security; behind what observes requests. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 10;

    private static final Logger log = LoggerFactory.getLogger(DeadlineFilter.class);

    private static final String ATTRIBUTE = DeadlineFilter.class.getName() + ".bound";

    private final TravellingDeadline accepted;
    private final Duration min;
    private final Runnable ignored;
    private final Ticker ticker;

    /**
     * @param accepted header and unit
     * @param min with less left, nothing is
     * @param ignored hears of a value that says nothing
     */
    public DeadlineFilter(TravellingDeadline accepted, Duration min, Runnable ignored, Ticker ticker) {
        this.accepted = accepted;
        this.min = min;
        this.ignored = ignored;
        this.ticker = ticker;
    }

    @Override
    public int getOrder() {
        return ORDER;
    }

    @Override
    protected boolean shouldNotFilterAsyncDispatch() {
        return false;
    }

    @Override
    protected boolean shouldNotFilterErrorDispatch() {
        return false;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Bound bound = bound(request);
        if (bound == null) {
            chain.doFilter(request, response);
            return;
        }
        Bound outer = Deadlines.current();
        Deadlines.restore(bound.boundedBy(outer));
        try {
            chain.doFilter(request, response);
        } finally {
            Deadlines.restore(outer);
        }
    }

    private @Nullable Bound bound(HttpServletRequest request) {
        if (request.getAttribute(ATTRIBUTE) instanceof Bound known) {
            return known;
        }
        List<String> values = Collections.list(request.getHeaders(this.accepted.header()));
        if (values.isEmpty()) {
            return null;
        }
        // Of several, nobody knows which one was meant.
        Optional<Duration> left = (values.size() == 1) ? this.accepted.parse(values.get(0)) : Optional.empty();
        if (left.isEmpty()) {
            log.debug("A header {} of a request is ignored: it is repeated, or no time", this.accepted.header());
            this.ignored.run();
            return null;
        }
        Duration time = (left.get().compareTo(this.min) < 0) ? Duration.ZERO : left.get();
        Bound bound = new Bound(Deadline.after(time, this.ticker), BoundSource.CALLER);
        request.setAttribute(ATTRIBUTE, bound);
        return bound;
    }
}
