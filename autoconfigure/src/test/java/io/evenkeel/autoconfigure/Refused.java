// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.Environment;

/** What a start was refused for. */
final class Refused {

    private Refused() {}

    /** {@return the first refusal} */
    static InvalidSettingException causeOf(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof InvalidSettingException)) {
            assertThat(cause).as("%s", failure).isNotNull();
            cause = cause.getCause();
        }
        return (InvalidSettingException) cause;
    }

    /** {@return the keys of all refusals} */
    static List<String> keysOf(Throwable failure) {
        InvalidSettingException first = causeOf(failure);
        return Stream.concat(Stream.of(first), Stream.of(first.getSuppressed()))
                .map(refusal -> ((InvalidSettingException) refusal).key())
                .toList();
    }

    /** {@return what somebody reads when the context does not start} */
    static String explanationOf(ApplicationContextRunner runner) {
        AtomicReference<Environment> environment = new AtomicReference<>();
        AtomicReference<FailureAnalysis> analysis = new AtomicReference<>();
        runner.withInitializer(context -> environment.set(context.getEnvironment()))
                .run(context -> {
                    InvalidSettingException cause = causeOf(context.getStartupFailure());
                    analysis.set(new InvalidSettingFailureAnalyzer(environment.get()).analyze(cause, cause));
                });
        return analysis.get().getDescription() + " " + analysis.get().getAction();
    }
}
