// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.redirect;

import io.evenkeel.policy.Origin;
import io.evenkeel.policy.redirect.InvalidLocationException;
import io.evenkeel.policy.redirect.LocationRule;
import io.evenkeel.policy.redirect.RedirectDecision;
import io.evenkeel.policy.redirect.RedirectRule;
import io.evenkeel.transport.support.Origins;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.stream.Stream;
import org.apache.hc.client5.http.CircularRedirectException;
import org.apache.hc.client5.http.RedirectException;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.DefaultRedirectStrategy;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Follows redirects as {@link RedirectRule} decides. Which of them change the method is up to HttpClient: 301, 302 and
 * 303 make a GET without header fields of a POST, and 303 of anything but GET and HEAD.
 *
 * <p>HttpClient copies each redirected request from the one before it, so that a header field that was dropped on the way
 * to another origin does not come back on the way home. Messages and logs name origins only: a {@code Location} may hold
 * secrets.
 */
public final class BoundedRedirects extends DefaultRedirectStrategy {

    private static final Logger log = LoggerFactory.getLogger(BoundedRedirects.class);

    @Override
    public boolean isRedirected(HttpRequest request, HttpResponse response, HttpContext context)
            throws ProtocolException {
        if (!super.isRedirected(request, response, context)) {
            return false;
        }
        HttpClientContext client = HttpClientContext.cast(context);
        int most = client.getRequestConfigOrDefault().getMaxRedirects();
        // RedirectExec takes what is not positive for its own number, and says less.
        if (most > 0 && client.getRedirectLocations().size() >= most) {
            throw new RedirectException(
                    "%s redirects a request that %d redirects have brought there; no more are followed (RequestConfig.maxRedirects)."
                            .formatted(Origins.of(host(client)), most));
        }
        return true;
    }

    @Override
    public URI getLocationURI(HttpRequest request, HttpResponse response, HttpContext context)
            throws ProtocolException {
        HttpClientContext client = HttpClientContext.cast(context);
        URI target = target(request, response);
        RequestConfig config = client.getRequestConfigOrDefault();
        if (!config.isCircularRedirectsAllowed()
                && client.getRedirectLocations().contains(target)) {
            throw new CircularRedirectException(
                    "%s redirects a request in a circle: to where it was redirected %d redirects ago."
                            .formatted(Origins.of(host(client)), redirectsSince(target, client)));
        }
        return target;
    }

    private static int redirectsSince(URI target, HttpClientContext context) {
        List<URI> all = context.getRedirectLocations().getAll();
        return all.size() - all.lastIndexOf(target);
    }

    private static URI target(HttpRequest request, HttpResponse response) throws ProtocolException {
        List<String> values = Stream.of(response.getHeaders(HttpHeaders.LOCATION))
                .map(header -> (header.getValue() != null) ? header.getValue() : "")
                .toList();
        try {
            return LocationRule.resolve(request.getUri(), values);
        } catch (InvalidLocationException ex) {
            throw new BadLocationException(ex);
        } catch (URISyntaxException ex) {
            throw new ProtocolException("The URI of the redirected request cannot be read: " + ex.getReason());
        }
    }

    @Override
    public boolean isRedirectAllowed(HttpHost from, HttpHost to, HttpRequest redirect, HttpContext context) {
        boolean body = redirect instanceof ClassicHttpRequest classic && classic.getEntity() != null;
        RedirectDecision decision = RedirectRule.decide(origin(from), origin(to), redirect.getMethod(), body);
        if (decision == RedirectDecision.FOLLOWED_BARE) {
            CrossOriginHeaders.keepOnlyCrossing(redirect, context);
        }
        if (!decision.followed()) {
            log.debug(
                    "{} {}: redirect to {} not followed, as {}",
                    redirect.getMethod(),
                    Origins.of(from),
                    Origins.of(to),
                    decision.text());
        }
        return decision.followed();
    }

    private static Origin origin(HttpHost host) {
        return new Origin(host.getSchemeName(), host.getHostName(), host.getPort());
    }

    private static HttpHost host(HttpClientContext context) {
        return context.getHttpRoute().getTargetHost();
    }
}
