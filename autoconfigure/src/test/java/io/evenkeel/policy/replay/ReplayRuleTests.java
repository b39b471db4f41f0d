// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.replay.ExchangeFacts.Ending;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ReplayRuleTests {

    private static final ReplaySettings OFF = new ReplaySettings(false, "Idempotency-Key");
    private static final ExchangeFacts LOST = new ExchangeFacts(true, Ending.BROKEN, true, false);
    private static final ExchangeFacts UNSENT = new ExchangeFacts(true, Ending.BROKEN, false, false);
    private static final List<Boolean> EITHER = List.of(true, false);

    private static Set<ReplayObstacle> obstacles(RequestFacts request, ExchangeFacts exchange) {
        return ReplayRule.decide(ReplaySettings.DEFAULTS, request, exchange).obstacles();
    }

    private static RequestFacts request(String method) {
        return new RequestFacts(method, false, true);
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "QUERY"})
    void idempotentRequestMayBeSentAgain(String method) {
        assertThat(obstacles(request(method), LOST)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "CONNECT", "get", "Put", "PROPFIND", "LOCK", ""})
    void anyOtherRequestMayNot(String method) {
        assertThat(obstacles(request(method), LOST)).containsExactly(ReplayObstacle.METHOD);
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PATCH", "PROPFIND"})
    void requestThatTheServerRecognizesMayBeSentAgain(String method) {
        assertThat(obstacles(new RequestFacts(method, true, true), LOST)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "POST", "PATCH"})
    void requestThatDidNotLeaveMayBeSentWhateverItIs(String method) {
        assertThat(obstacles(request(method), UNSENT)).isEmpty();
        assertThat(ReplayRule.decide(OFF, request(method), UNSENT).allowed()).isTrue();
    }

    /** Method, key, body, enabled, sent; what stands in the way. */
    @ParameterizedTest
    @CsvSource({
        "GET,  false, true,  true,  true,  ''",
        "GET,  false, false, true,  true,  BODY",
        "GET,  false, true,  false, true,  DISABLED",
        "GET,  false, false, false, true,  'BODY,DISABLED'",
        "POST, false, true,  true,  true,  METHOD",
        "POST, false, false, true,  true,  'BODY,METHOD'",
        "POST, false, true,  false, true,  'METHOD,DISABLED'",
        "POST, false, false, false, true,  'BODY,METHOD,DISABLED'",
        "POST, true,  true,  true,  true,  ''",
        "POST, true,  false, true,  true,  BODY",
        "POST, true,  true,  false, true,  DISABLED",
        "POST, true,  false, false, true,  'BODY,DISABLED'",
        "GET,  false, true,  true,  false, ''",
        "GET,  false, false, true,  false, BODY",
        "GET,  false, true,  false, false, ''",
        "POST, false, true,  true,  false, ''",
        "POST, false, false, true,  false, BODY",
        "POST, false, true,  false, false, ''",
        "POST, true,  true,  true,  false, ''",
        "POST, true,  false, false, false, BODY"
    })
    void lostOnAKeptConnectionTheRequestDecides(
            String method, boolean keyed, boolean body, boolean enabled, boolean sent, String obstacles) {
        ReplayDecision decision = ReplayRule.decide(
                new ReplaySettings(enabled, "Idempotency-Key"),
                new RequestFacts(method, keyed, body),
                new ExchangeFacts(true, Ending.BROKEN, sent, false));

        assertThat(decision.obstacles().stream().sorted().map(Enum::name)).containsExactlyElementsOf(words(obstacles));
        assertThat(decision.connectionLost()).isTrue();
        assertThat(decision.allowed()).isEqualTo(obstacles.isEmpty());
    }

    private static List<String> words(String list) {
        return list.isEmpty() ? List.of() : List.of(list.split(","));
    }

    @ParameterizedTest
    @CsvSource({"GET, false, true, ''", "POST, false, true, METHOD", "POST, true, true, ''", "PUT, false, false, BODY"})
    void goodbyeOnAKeptConnectionIsLikeItsEnd(String method, boolean keyed, boolean body, String obstacles) {
        ExchangeFacts goodbye = new ExchangeFacts(true, Ending.GOODBYE, true, true);

        ReplayDecision decision =
                ReplayRule.decide(ReplaySettings.DEFAULTS, new RequestFacts(method, keyed, body), goodbye);

        assertThat(decision.obstacles().stream().map(Enum::name)).containsExactlyElementsOf(words(obstacles));
        assertThat(decision.connectionLost()).isFalse();
    }

    /** All combinations of facts, for a request that nothing of its own forbids to repeat. */
    static Stream<ExchangeFacts> facts() {
        List<ExchangeFacts> all = new ArrayList<>();
        for (Ending ending : Ending.values()) {
            EITHER.forEach(kept -> EITHER.forEach(
                    sent -> EITHER.forEach(received -> all.add(new ExchangeFacts(kept, ending, sent, received)))));
        }
        return all.stream();
    }

    @Test
    void ofAllFactsOnlyABrokenKeptConnectionWithoutAnAnswerAllowsIt() {
        List<ExchangeFacts> allowed = facts().filter(
                        facts -> obstacles(request("GET"), facts).isEmpty())
                .toList();

        assertThat(facts()).hasSize(56);
        assertThat(allowed).filteredOn(facts -> facts.ending() == Ending.BROKEN).containsExactly(LOST, UNSENT);
        assertThat(allowed).filteredOn(facts -> facts.ending() != Ending.BROKEN).allSatisfy(facts -> {
            assertThat(facts.ending()).isEqualTo(Ending.GOODBYE);
            assertThat(facts.kept()).isTrue();
        });
    }

    @Test
    void noFactsAllowMoreToARequestThatMustNotBeSentTwice() {
        assertThat(facts().filter(facts -> obstacles(request("POST"), facts).isEmpty()))
                .allSatisfy(facts -> assertThat(facts.sent()).isFalse())
                .allSatisfy(facts -> assertThat(facts.received() && facts.ending() == Ending.BROKEN)
                        .isFalse());
    }

    @ParameterizedTest
    @EnumSource(names = {"TIMED_OUT", "ABANDONED", "PROTOCOL", "TLS", "LOCAL"})
    void neverAfterThat(Ending ending) {
        for (ExchangeFacts facts :
                facts().filter(each -> each.ending() == ending).toList()) {
            for (RequestFacts request : List.of(request("GET"), new RequestFacts("POST", true, true))) {
                assertThat(obstacles(request, facts)).contains(ReplayObstacle.valueOf(ending.name()));
                assertThat(ReplayRule.decide(OFF, request, facts).connectionLost())
                        .isFalse();
            }
        }
    }

    @Test
    void nothingIsLostThatWasNotKeptOrWasAnswered() {
        assertThat(facts().filter(facts -> ReplayRule.decide(ReplaySettings.DEFAULTS, request("POST"), facts)
                        .connectionLost()))
                .containsExactly(LOST, UNSENT);
        assertThat(obstacles(request("GET"), new ExchangeFacts(false, Ending.BROKEN, true, false)))
                .containsExactly(ReplayObstacle.FRESH);
        assertThat(obstacles(request("GET"), new ExchangeFacts(true, Ending.BROKEN, true, true)))
                .containsExactly(ReplayObstacle.ANSWERED);
        assertThat(obstacles(request("GET"), new ExchangeFacts(false, Ending.BROKEN, true, true)))
                .isEqualTo(EnumSet.of(ReplayObstacle.FRESH, ReplayObstacle.ANSWERED));
    }

    @ParameterizedTest
    @CsvSource({
        "GET,   false, true,  true,  true",
        "PUT,   false, true,  true,  true",
        "PUT,   false, false, true,  false",
        "PUT,   false, true,  false, false",
        "POST,  false, true,  true,  false",
        "POST,  true,  true,  true,  true",
        "POST,  true,  false, true,  false",
        "POST,  true,  true,  false, false",
        "PATCH, true,  true,  true,  true"
    })
    void maySomebodySendItTwice(String method, boolean keyed, boolean body, boolean enabled, boolean may) {
        ReplaySettings settings = new ReplaySettings(enabled, "Idempotency-Key");

        assertThat(ReplayRule.mayBeSentTwice(settings, new RequestFacts(method, keyed, body)))
                .isEqualTo(may);
    }
}
