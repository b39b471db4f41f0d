// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class LedgerTests {

    private final Findings findings = new Findings();
    private final Ledger ledger = new Ledger(this.findings);

    @Test
    void findsAPostThatWasReceivedTwice() throws IOException {
        receive("POST /OK/1-1?size=1", "");
        assertThat(this.findings.isEmpty()).isTrue();

        receive("POST /OK/1-1?size=1", "");

        assertThat(this.findings.count(Finding.EXECUTED_TWICE)).isOne();
        assertThat(this.findings.table()).contains("POST OK 1-1");
    }

    @Test
    void findsNothingInWhatMayBeReceivedTwice() throws IOException {
        for (int i = 0; i < 2; i++) {
            receive("GET /OK/1-1?size=1", "");
            receive("PUT /OK/1-2?size=1", "");
            receive("POST /OK/1-3?size=1", "Idempotency-Key: 1-3\r\n");
            receive("POST /OK/1-4" + (i == 0 ? "" : Order.FOLLOWED) + "?size=1", "");
        }

        assertThat(this.findings.isEmpty()).isTrue();
    }

    @Test
    void findsARequestWhoseBodyIsTheBeginningOfWhatWasMeant() throws IOException {
        byte[] body = Payload.of("1-1", 10);

        receive("PUT /OK/1-1?size=1", chunked(body));
        assertThat(this.findings.isEmpty()).isTrue();

        receive("PUT /OK/1-1?size=1", chunked(Arrays.copyOf(body, body.length - 1)));
        receive("PUT /OK/1-1?size=1", chunked(new byte[0]));

        assertThat(this.findings.count(Finding.TORSO)).isEqualTo(2);
    }

    @Test
    void findsThatMoreRequestsCrossedThanTheTimeAfterALookExplains() {
        for (int i = 1; i <= 5; i++) {
            this.ledger.crossed("1-" + i);
        }
        this.ledger.judgeCrossings();
        assertThat(this.findings.isEmpty()).isTrue();

        this.ledger.crossed("1-6");
        this.ledger.judgeCrossings();

        assertThat(this.findings.count(Finding.FOREIGN_ANSWER)).isOne();
    }

    private static String chunked(byte[] body) {
        String chunk = (body.length == 0)
                ? ""
                : Integer.toHexString(body.length) + "\r\n" + new String(body, StandardCharsets.ISO_8859_1) + "\r\n";
        return "Transfer-Encoding: chunked\r\n\r\n" + chunk + "0\r\n";
    }

    private void receive(String start, String rest) throws IOException {
        byte[] bytes = (start + " HTTP/1.1\r\n" + rest + "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        Request request = Request.read(new ByteArrayInputStream(bytes));
        this.ledger.received(request, request.check(request.body()));
    }
}
