// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import org.springframework.util.unit.DataSize;

/** What the limits of responses may be. */
final class ResponseRules {

    private static final String MAX_HEADERS = "max-response-headers";
    private static final String MAX_HEAD_SIZE = "max-response-head-size";
    private static final String MAX_INTERIM = "max-interim-responses";
    private static final int MOST_INTERIM = 1000;
    private static final int FEWEST_HEADERS = 10;
    private static final int MOST_HEADERS = 10_000;
    private static final DataSize SMALLEST_HEAD = DataSize.ofKilobytes(1);
    private static final DataSize LARGEST_HEAD = DataSize.ofMegabytes(10);

    private final ClientKeys keys;
    private final Refusals refusals;

    ResponseRules(ClientKeys keys, Refusals refusals) {
        this.keys = keys;
        this.refusals = refusals;
    }

    /** Refuses a limit that would refuse ordinary responses, or none at all. */
    void check(EvenkeelProperties properties) {
        this.refusals.check(
                () -> checkHeaders(properties.maxResponseHeaders()),
                () -> checkHeadSize(properties.maxResponseHeadSize()),
                () -> checkInterim(properties.maxInterimResponses()));
    }

    private void checkInterim(int value) {
        if (value < 0) {
            throw refuse(
                    MAX_INTERIM,
                    Integer.toString(value),
                    "a number of responses cannot be negative, and it does not mean 'without limit'",
                    "Write 0 to allow none, or leave it out for the default of 20.");
        }
        if (value > MOST_INTERIM) {
            throw refuse(
                    MAX_INTERIM,
                    Integer.toString(value),
                    "no server sends so many interim responses, and the limit would protect nothing",
                    "Write at most %d.".formatted(MOST_INTERIM));
        }
    }

    private void checkHeaders(int value) {
        if (value < FEWEST_HEADERS) {
            throw refuse(
                    MAX_HEADERS,
                    Integer.toString(value),
                    (value <= 0)
                            ? "every response would be refused, and it does not mean 'without limit'"
                            : "ordinary responses have more header lines than that",
                    "Write at least %d, or leave it out for the default of 100.".formatted(FEWEST_HEADERS));
        }
        if (value > MOST_HEADERS) {
            throw refuse(
                    MAX_HEADERS,
                    Integer.toString(value),
                    "no server sends so many header lines, and the limit would protect nothing",
                    "Write at most %d.".formatted(MOST_HEADERS));
        }
    }

    private void checkHeadSize(DataSize value) {
        if (value.toBytes() <= 0) {
            throw refuse(
                    MAX_HEAD_SIZE,
                    value.toString(),
                    "every response would be refused, and it does not mean 'without limit'",
                    "Write at least 1KB, or leave it out for the default of 64KB.");
        }
        if (value.compareTo(SMALLEST_HEAD) < 0) {
            throw refuse(
                    MAX_HEAD_SIZE,
                    value.toString(),
                    "ordinary response heads are larger, and a number without unit is bytes",
                    "Did you mean %dKB? Otherwise write at least 1KB.".formatted(value.toBytes()));
        }
        if (value.compareTo(LARGEST_HEAD) > 0) {
            throw refuse(
                    MAX_HEAD_SIZE,
                    value.toString(),
                    "a head is held in memory as a whole, and the limit would protect nothing",
                    "Write at most 10MB.");
        }
    }

    private InvalidSettingException refuse(String key, String value, String reason, String remedy) {
        return new InvalidSettingException(this.keys.inForce(key), value, reason, remedy);
    }
}
