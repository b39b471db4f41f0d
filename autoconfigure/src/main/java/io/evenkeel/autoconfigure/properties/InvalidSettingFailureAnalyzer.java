// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import io.evenkeel.autoconfigure.properties.InvalidSettingException.Shown;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.env.Environment;

/** Explains refused settings: key, value, where it is written, why it is refused, and what to write instead. */
public final class InvalidSettingFailureAnalyzer extends AbstractFailureAnalyzer<InvalidSettingException> {

    private final ConfiguredKeys configured;

    public InvalidSettingFailureAnalyzer(Environment environment) {
        this.configured = new ConfiguredKeys(environment);
    }

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, InvalidSettingException cause) {
        List<InvalidSettingException> refusals = Stream.concat(Stream.of(cause), Stream.of(cause.getSuppressed()))
                .filter(InvalidSettingException.class::isInstance)
                .map(InvalidSettingException.class::cast)
                .toList();
        if (refusals.size() == 1) {
            return new FailureAnalysis(describe(cause), cause.remedy(), cause);
        }
        String separator = "%n%n".formatted();
        String description = refusals.stream()
                .map(refusal -> "%s%n    %s".formatted(describe(refusal), refusal.remedy()))
                .collect(Collectors.joining(
                        separator, "%d settings are refused:".formatted(refusals.size()) + separator, ""));
        return new FailureAnalysis(description, "Correct each of them as it says below it.", cause);
    }

    private String describe(InvalidSettingException refusal) {
        String origin = this.configured.from(refusal.key());
        if (refusal.shown() == Shown.NOTHING) {
            return "Configuration property '%s'%s %s.".formatted(refusal.key(), origin, refusal.reason());
        }
        String absent = refusal.key().endsWith(KnownKeys.NAME) ? refusal.value() : "its default";
        String written = (refusal.shown() == Shown.AS_WRITTEN)
                ? this.configured.rawValue(refusal.key()).orElse(absent)
                : refusal.value();
        String understood = written.equals(refusal.value()) ? "" : ", which is " + refusal.value();
        return "Configuration property '%s' is '%s'%s%s, but %s."
                .formatted(refusal.key(), written, understood, origin, refusal.reason());
    }
}
