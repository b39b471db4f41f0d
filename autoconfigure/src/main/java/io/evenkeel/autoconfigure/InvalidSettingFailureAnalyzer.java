// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Explains a refused setting: key, value, where it is written, why it is refused, and what to write instead. */
final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

    private final ConfiguredKeys configured;

    InvalidSettingFailureAnalyzer(Environment environment) {
        this.configured = new ConfiguredKeys(environment);
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
        String absent = cause.key().endsWith(KnownKeys.NAME) ? cause.value() : "its default";
        String written = cause.value().contains(InvalidSettingException.HIDDEN)
                ? cause.value()
                : this.configured.rawValue(cause.key()).orElse(absent);
        String understood = written.equals(cause.value()) ? "" : ", which is " + cause.value();
        String origin =
                this.configured.origin(cause.key()).map(" (from %s)"::formatted).orElse("");
        String description = "Configuration property '%s' is '%s'%s%s, but %s."
                .formatted(cause.key(), written, understood, origin, cause.reason());
        return new FailureAnalysis(description, cause.remedy(), cause);
    }
}
