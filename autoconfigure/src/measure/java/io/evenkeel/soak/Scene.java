// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.io.IOException;
import java.io.InputStream;
import java.util.Random;

/** One call: who makes it, what it asks for, and what is to be thought of its answer. */
record Scene(SoakClient client, Order order, Random random, Others others, Ledger ledger, Findings findings) {

    private static final double NANOS_OF_A_MILLISECOND = 1e6;

    /** Does something in another thread, after up to so many milliseconds. */
    void later(int mostMillis, String what, Others.Deed deed) {
        this.others.later(
                (long) (this.random.nextDouble() * mostMillis * NANOS_OF_A_MILLISECOND), what, this.client, deed);
    }

    Others.AutoClosable interrupt(int mostMillis) {
        return this.others.interrupt(
                (long) (this.random.nextDouble() * mostMillis * NANOS_OF_A_MILLISECOND), this.client);
    }

    CallersFault fault() {
        CallersFault[] faults = CallersFault.values();
        return faults[this.random.nextInt(faults.length)];
    }

    void readSome(Answer answer) throws IOException {
        InputStream body = answer.body();
        if (this.random.nextBoolean()) {
            body.readNBytes(this.random.nextInt(2_000));
        }
    }

    /** {@return the word for an answer whose body was not read to its end} */
    String check(Answer answer) throws IOException {
        check(answer.answerTo());
        return "given up";
    }

    /** {@return the word for an answer whose body was read to its end, as the client says} */
    String check(Answer answer, byte[] body) throws IOException {
        return check(answer.status(), answer.answerTo(), body);
    }

    String check(int status, String answerTo, byte[] body) {
        check(answerTo);
        boolean empty = status == 204 || status == 413;
        if (!empty && this.order.isAnsweredBy(answerTo)) {
            Payload.Condition condition = Payload.check(body, answerTo);
            String found = this.order + " got " + body.length + " bytes for its body, " + condition;
            switch (condition) {
                case WHOLE -> {}
                case SHORT -> {
                    if (!this.order.fault().cutsUnseen()) {
                        this.findings.add(Finding.TRUNCATED_ANSWER, found);
                    }
                }
                case CORRUPT -> this.findings.add(Finding.CORRUPT_ANSWER, found);
                case FOREIGN -> this.findings.add(Finding.FOREIGN_ANSWER, found);
            }
        }
        return (status == 200) ? "ok" : String.valueOf(status);
    }

    void check(String answerTo) {
        if (!this.order.isAnsweredBy(answerTo)
                && !(answerTo.equals(Peer.POISON) && this.ledger.awaitCrossed(this.order.id()))) {
            this.findings.add(Finding.FOREIGN_ANSWER, this.order + " got the answer to '" + answerTo + "'");
        }
    }
}
