// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.ResponseLimits.UnknownCoding;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ResponseLimitsTests {

    private static ResponseLimits limits(long maxBytes, int maxRatio) {
        return new ResponseLimits(100, 65_536, 20, UnknownCoding.PASS, maxBytes, maxRatio);
    }

    @ParameterizedTest
    @CsvSource({
        "0, 9223372036854775807, true",
        "1000, -1, true",
        "1000, 0, true",
        "1000, 1000, true",
        "1000, 1001, false",
        "1000, 9223372036854775807, false"
    })
    void bytesAreAcceptedUpToTheLimit(long limit, long bytes, boolean accepted) {
        assertThat(limits(limit, 0).allowsBytes(bytes)).isEqualTo(accepted);
    }

    @ParameterizedTest
    @CsvSource({
        // the first 10 MB are free
        "250, 10485760, 0, true",
        "250, 10485761, 0, false",
        "10, 10485760, 1, true",
        // beyond, as many times as the limit says
        "250, 10485761, 41943, true",
        "250, 10485761, 41942, false",
        "10, 20000000, 2000000, true",
        "10, 20000010, 2000000, false",
        "2147483647, 9223372036854775807, 1, false",
        // without limit
        "0, 9223372036854775807, 0, true"
    })
    void theRatioIsJudgedBeyondTheFirst10Megabytes(int limit, long decompressed, long compressed, boolean accepted) {
        assertThat(limits(0, limit).allowsRatio(decompressed, compressed)).isEqualTo(accepted);
    }
}
