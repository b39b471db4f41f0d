// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment.overload;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.sample.experiment.overload.Course.Second;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CourseTests {

    /** Ten calls a second are asked for, for five seconds, of which the first two are the overload. */
    @ParameterizedTest
    @CsvSource({
        "0  0 10 10 10, 0",
        "0  0  0 10 10, 1",
        "0  0  9 10 10, 1",
        "0  0  0 10  0, ",
        "0  0  0  0  0, ",
        "0  0 13  7 10, 0",
        "0  0  0  0 10, 2",
        "10 10 0  0  0, ",
        "0  0  0 10 10 0 0, 1"
    })
    void aSideIsBackInTheSecondFromWhichOnCallsSucceed(String succeeded, @Nullable Integer back) {
        Course course = new Course();
        long asked = 0;
        long done = 0;
        for (String second : succeeded.split(" +")) {
            asked = Math.min(50, asked + 10);
            done += Long.parseLong(second);
            course.note(new Second(asked, 0, done));
        }

        assertThat(course.back(2, 5)).isEqualTo(back);
    }

    @ParameterizedTest
    @CsvSource({"10 10 10, 1.0", "10 25 10, 2.5", "40 10 10, 1.0", "10 10 10 30, 1.0", "10, "})
    void thePeakIsThatOfTheWorstSecondFromTheOverloadToTheEndOfTheLoad(String atServer, @Nullable Double peak) {
        Course course = new Course();
        long asked = 0;
        long requests = 0;
        for (String second : atServer.split(" +")) {
            asked += 10;
            requests += Long.parseLong(second);
            course.note(new Second(asked, requests, 0));
        }

        assertThat(course.peakLoad(1, 3)).isEqualTo(peak);
    }
}
