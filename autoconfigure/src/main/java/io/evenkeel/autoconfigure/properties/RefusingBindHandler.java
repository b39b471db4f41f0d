// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.time.Duration;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;
import org.springframework.util.unit.DataSize;

/**
 * Refuses values that are not of the type of their keys, and goes on as if they were not written, so that all others are
 * seen too. A number without unit is no duration here: to Spring Boot it is milliseconds, which hardly anyone means.
 */
final class RefusingBindHandler implements BindHandler {

    private static final Pattern DURATION =
            Pattern.compile("(\\d+)\\s*(ms|mil|us|ns|[smhd])[a-z]*", Pattern.CASE_INSENSITIVE);
    private static final Pattern SIZE = Pattern.compile("(\\d+)\\s*([kmg])i?b?", Pattern.CASE_INSENSITIVE);

    private final Environment environment;
    private final Refusals refusals;
    private final KnownKeys known = KnownKeys.all();

    RefusingBindHandler(Environment environment, Refusals refusals) {
        this.environment = environment;
        this.refusals = refusals;
    }

    @Override
    public Object onSuccess(ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
        ConfigurationProperty property = context.getConfigurationProperty();
        if (property != null
                && result instanceof Duration value
                && property.getName().toString().startsWith("evenkeel.")) {
            this.refusals.check(
                    () -> BareNumberCheck.check(this.known.spell(property.getName()), text(property), value));
        }
        return result;
    }

    @Override
    public @Nullable Object onFailure(
            ConfigurationPropertyName name, Bindable<?> target, BindContext context, Exception error) throws Exception {
        ConfigurationProperty property = context.getConfigurationProperty();
        if (property == null) {
            throw error;
        }
        Class<?> type = target.getType().toClass();
        String key = this.known.spell(property.getName());
        String written = text(property);
        this.refusals.check(() -> {
            PlaceholderCheck.check(key, written);
            throw refusal(key, type, written);
        });
        return null;
    }

    private String text(ConfigurationProperty property) {
        return this.environment
                .resolvePlaceholders(String.valueOf(property.getValue()))
                .strip();
    }

    private static InvalidSettingException refusal(String key, Class<?> type, String written) {
        String reason = "it is no whole number of 32 bits";
        String remedy = "Write digits only, such as 10.";
        if (type == Duration.class) {
            reason = "it is no duration";
            remedy = didYouMean(duration(written)) + "Write a whole number and a unit, such as 500ms, 10s or 5m.";
        } else if (type == DataSize.class) {
            reason = "it is no size";
            remedy = didYouMean(size(written)) + "Write a whole number and a unit, such as 64KB or 1MB.";
        } else if (type == boolean.class || type == Boolean.class) {
            reason = "it is neither true nor false";
            remedy = "Write true or false.";
        } else if (type == double.class || type == Double.class) {
            reason = "it is no number";
            remedy = "Write digits and, if need be, a decimal point, such as 0.1.";
        } else if (Collection.class.isAssignableFrom(type)) {
            reason = "one of its elements is no whole number";
            remedy = "Write digits only, separated by commas, such as 429,503.";
        } else if (type.isEnum()) {
            reason = "there is no such choice";
            remedy = Stream.of(type.getEnumConstants())
                    .map(constant ->
                            constant.toString().toLowerCase(Locale.ROOT).replace('_', '-'))
                    .collect(Collectors.joining(", ", "Write one of: ", "."));
        }
        return new InvalidSettingException(key, written, reason, remedy);
    }

    private static String didYouMean(@Nullable String value) {
        return (value != null) ? "Did you mean %s? ".formatted(value) : "";
    }

    private static @Nullable String duration(String written) {
        Matcher matcher = DURATION.matcher(written);
        if (!matcher.matches()) {
            return null;
        }
        String unit = matcher.group(2).toLowerCase(Locale.ROOT);
        return matcher.group(1) + (unit.equals("mil") ? "ms" : unit);
    }

    private static @Nullable String size(String written) {
        Matcher matcher = SIZE.matcher(written);
        return matcher.matches() ? matcher.group(1) + matcher.group(2).toUpperCase(Locale.ROOT) + "B" : null;
    }
}
