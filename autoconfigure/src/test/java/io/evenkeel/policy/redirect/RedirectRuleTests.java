// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.redirect;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.Origin;
import java.net.URI;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectRuleTests {

    private static Origin origin(String uri) {
        URI parsed = URI.create(uri);
        return new Origin(parsed.getScheme(), parsed.getHost(), parsed.getPort());
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example, http://a.example",
        "http://a.example, http://a.example:80",
        "http://a.example:80, HTTP://A.Example",
        "https://a.example:443, https://a.example",
        "https://a.example:8443, https://a.example:8443",
        "http://[::1]:80, http://[::1]",
    })
    void sameSchemeHostAndPortAreOneOrigin(String from, String to) {
        for (String method : new String[] {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PURGE"}) {
            for (boolean body : new boolean[] {false, true}) {
                assertThat(RedirectRule.decide(origin(from), origin(to), method, body))
                        .isEqualTo(RedirectDecision.FOLLOWED);
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "http://a.example, http://b.example",
        "http://a.example, http://www.a.example",
        "http://www.a.example, http://a.example",
        "http://a.example, http://a.example.evil.example",
        "http://a.example, http://a.example.",
        "http://a.example, http://a.example:8080",
        "http://a.example:8080, http://a.example:8081",
        "http://a.example, https://a.example",
        "http://a.example:443, https://a.example:443",
        "https://a.example, https://a.example:8443",
        "http://127.0.0.1, http://localhost",
        "http://[::1], http://[0:0:0:0:0:0:0:1]",
    })
    void anythingElseIsAnotherOne(String from, String to) {
        assertThat(RedirectRule.decide(origin(from), origin(to), "GET", false))
                .isEqualTo(RedirectDecision.FOLLOWED_BARE);
        assertThat(RedirectRule.decide(origin(from), origin(to), "HEAD", false))
                .isEqualTo(RedirectDecision.FOLLOWED_BARE);
        assertThat(RedirectRule.decide(origin(from), origin(to), "GET", true)).isEqualTo(RedirectDecision.BODY);
        assertThat(RedirectRule.decide(origin(from), origin(to), "POST", true)).isEqualTo(RedirectDecision.BODY);
        for (String method : new String[] {"POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PURGE", "get"}) {
            assertThat(RedirectRule.decide(origin(from), origin(to), method, false))
                    .isEqualTo(RedirectDecision.METHOD);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "https://a.example, http://a.example",
        "https://a.example, http://a.example:443",
        "https://a.example, http://b.example",
        "https://a.example:8443, http://a.example:8443",
    })
    void encryptionIsNotLost(String from, String to) {
        for (boolean body : new boolean[] {false, true}) {
            assertThat(RedirectRule.decide(origin(from), origin(to), "GET", body))
                    .isEqualTo(RedirectDecision.DOWNGRADE);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Accept",
                "ACCEPT-ENCODING",
                "accept-language",
                "Cache-Control",
                "If-None-Match",
                "If-Range",
                "Range",
                "User-Agent",
                "traceparent"
            })
    void whatSaysHowTheAnswerShouldLookMayCross(String header) {
        assertThat(RedirectRule.mayCross(header)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Authorization",
                "authorization",
                "Proxy-Authorization",
                "Cookie",
                "Cookie2",
                "X-Api-Key",
                "X-Amz-Security-Token",
                "Idempotency-Key",
                "Referer",
                "Origin",
                "Host",
                "From",
                "Forwarded",
                "X-Forwarded-For",
                "Content-Type",
                "Content-Length",
                "baggage",
                "tracestate",
                "Accept-Something",
                " Accept",
                ""
            })
    void nothingElseMay(String header) {
        assertThat(RedirectRule.mayCross(header)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"tr-TR", "en-US"})
    void theLanguageOfTheMachineChangesNothing(String language) {
        java.util.Locale before = java.util.Locale.getDefault();
        try {
            java.util.Locale.setDefault(java.util.Locale.forLanguageTag(language));
            assertThat(RedirectRule.mayCross("IF-NONE-MATCH")).isTrue();
            assertThat(origin("HTTP://I.EXAMPLE")).isEqualTo(origin("http://i.example"));
        } finally {
            java.util.Locale.setDefault(before);
        }
    }
}
