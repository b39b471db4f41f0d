// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.ZipException;
import org.junit.jupiter.api.Test;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClientException;

/** What callers find. */
class SceneTests {

    private final Findings findings = new Findings();
    private final Ledger ledger = new Ledger(this.findings);
    private final byte[] body = Payload.of("1-1", 100);

    @Test
    void findsNothingInTheAnswerThatWasAskedFor() {
        assertThat(scene(Fault.OK).check(200, "1-1", this.body)).isEqualTo("ok");
        assertThat(scene(Fault.UNAVAILABLE).check(503, "1-1", this.body)).isEqualTo("503");
        assertThat(scene(Fault.NO_CONTENT).check(204, "1-1", new byte[0])).isEqualTo("204");
        scene(Fault.REDIRECT).check(200, "1-1" + Order.FOLLOWED, Payload.of("1-1" + Order.FOLLOWED, 100));

        assertThat(this.findings.isEmpty()).isTrue();
    }

    @Test
    void findsTheAnswerToAnotherRequest() {
        scene(Fault.OK).check(200, "1-2", Payload.of("1-2", 100));
        scene(Fault.OK).check(200, "1-1", Payload.of("1-2", 100));
        scene(Fault.OK).check(200, "", this.body);

        assertThat(this.findings.count(Finding.FOREIGN_ANSWER)).isEqualTo(3);
    }

    @Test
    void findsNothingIfTheForeignAnswerCouldNotBeTold() {
        this.ledger.crossed("1-1");

        scene(Fault.OK).check(200, Peer.POISON, Payload.of(Peer.POISON, 100));

        assertThat(this.findings.isEmpty()).isTrue();
    }

    @Test
    void findsABodyThatWasCutOffUnlessThatCannotBeSeen() {
        byte[] cut = Arrays.copyOf(this.body, 50);
        scene(Fault.CUT_UNTIL_CLOSE).check(200, "1-1", cut);
        assertThat(this.findings.isEmpty()).isTrue();

        scene(Fault.FIN_IN_BODY).check(200, "1-1", cut);

        assertThat(this.findings.count(Finding.TRUNCATED_ANSWER)).isOne();
    }

    @Test
    void findsABodyThatIsNotWhatWasSent() {
        this.body[50] ^= 1;

        scene(Fault.OK).check(200, "1-1", this.body);

        assertThat(this.findings.count(Finding.CORRUPT_ANSWER)).isOne();
    }

    @Test
    void findsAnExceptionThatIsNoneOfACall() {
        assertThat(Outcome.of(new ResourceAccessException("", new SocketException()), "", this.findings))
                .isEqualTo("SocketException");
        assertThat(Outcome.of(new CallersFault.Fatal(), "", this.findings)).isEqualTo("the caller's own");
        Outcome.of(new IOException("The stream is closed", new NullPointerException()), "", this.findings);
        assertThat(this.findings.isEmpty()).isTrue();

        Outcome.of(new IllegalStateException("Endpoint not acquired"), "", this.findings);
        Outcome.of(new RestClientException("", new NullPointerException()), "", this.findings);

        assertThat(this.findings.count(Finding.UNEXPECTED_EXCEPTION)).isEqualTo(2);
    }

    @Test
    void findsAnExceptionThatBlamesAServerWithoutAFault() {
        BadResponseException blame = new BadResponseException(
                "",
                "default",
                "http://one",
                BadResponseException.Reason.MALFORMED,
                EvenkeelException.Sent.YES,
                Duration.ZERO,
                new ZipException());
        Outcome.of(blame, "", this.findings);
        Outcome.ofHealthy(new SocketException(), "", this.findings);
        assertThat(this.findings.isEmpty()).isTrue();

        Outcome.ofHealthy(new RestClientException("", blame), "", this.findings);

        assertThat(this.findings.count(Finding.SERVER_BLAMED)).isOne();
    }

    private Scene scene(Fault fault) {
        Order order = new Order("1-1", null, fault, "GET", false, Upload.NONE, 100);
        return new Scene(null, order, new Random(1), null, this.ledger, this.findings);
    }
}
