// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.Environment;
import org.springframework.mock.env.MockEnvironment;

/** What a start was refused for. */
public final class Refused {

    private Refused() {}

    /** {@return the first refusal} */
    public static InvalidSettingException causeOf(Throwable failure) {
        Throwable cause = failure;
        while (!(cause instanceof InvalidSettingException)) {
            assertThat(cause).as("%s", failure).isNotNull();
            cause = cause.getCause();
        }
        return (InvalidSettingException) cause;
    }

    /** {@return the keys of all refusals} */
    public static List<String> keysOf(Throwable failure) {
        InvalidSettingException first = causeOf(failure);
        return Stream.concat(Stream.of(first), Stream.of(first.getSuppressed()))
                .map(refusal -> ((InvalidSettingException) refusal).key())
                .toList();
    }

    /** {@return what somebody reads when the context does not start} */
    public static String explanationOf(ApplicationContextRunner runner) {
        AtomicReference<Environment> environment = new AtomicReference<>();
        AtomicReference<FailureAnalysis> analysis = new AtomicReference<>();
        runner.withInitializer(context -> environment.set(context.getEnvironment()))
                .run(context -> {
                    InvalidSettingException cause = causeOf(context.getStartupFailure());
                    analysis.set(new InvalidSettingFailureAnalyzer(environment.get()).analyze(cause, cause));
                });
        return analysis.get().getDescription() + " " + analysis.get().getAction();
    }

    /** {@return what somebody reads who has set these properties} */
    public static FailureAnalysis explain(String[] pairs, InvalidSettingException failure) {
        MockEnvironment environment = new MockEnvironment();
        for (String pair : pairs) {
            environment.setProperty(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        ConfigurationPropertySources.attach(environment);
        return new InvalidSettingFailureAnalyzer(environment).analyze(failure, failure);
    }
}
