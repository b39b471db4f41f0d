// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayRuleTests {

    private static final ExchangeFacts BROKEN = new ExchangeFacts(true, true, false, false);

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"})
    void idempotentRequestMayBeSentAgain(String method) {
        assertThat(ReplayRule.allows(method, true, BROKEN)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "CONNECT", "get", "Put", "PROPFIND", "QUERY", "LOCK", ""})
    void anyOtherRequestMayNot(String method) {
        assertThat(ReplayRule.allows(method, true, BROKEN)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT"})
    void bodyMustBeRepeatable(String method) {
        assertThat(ReplayRule.allows(method, false, BROKEN)).isFalse();
    }

    /** Of the sixteen combinations there may be, one allows it. */
    @ParameterizedTest
    @CsvSource({
        "true,  true,  false, false, true",
        "false, true,  false, false, false",
        "true,  false, false, false, false",
        "true,  true,  true,  false, false",
        "true,  true,  false, true,  false",
        "false, false, false, false, false",
        "false, true,  true,  false, false",
        "false, true,  false, true,  false",
        "true,  false, true,  false, false",
        "true,  false, false, true,  false",
        "true,  true,  true,  true,  false",
        "false, false, true,  false, false",
        "false, false, false, true,  false",
        "false, true,  true,  true,  false",
        "true,  false, true,  true,  false",
        "false, false, true,  true,  false"
    })
    void onlyABrokenKeptConnectionWithoutAnAnswerAllowsIt(
            boolean reused, boolean broken, boolean received, boolean timedOut, boolean allowed) {
        ExchangeFacts facts = new ExchangeFacts(reused, broken, received, timedOut);

        assertThat(ReplayRule.allows("GET", true, facts)).isEqualTo(allowed);
    }
}
