// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import org.jspecify.annotations.Nullable;
import org.springframework.boot.origin.Origin;
import org.springframework.boot.origin.PropertySourceOrigin;
import org.springframework.boot.origin.SystemEnvironmentOrigin;
import org.springframework.boot.origin.TextResourceOrigin;
import org.springframework.core.env.CommandLinePropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/** Where something is written, as short as it can be found by. */
public final class OriginText {

    private OriginText() {}

    /** {@return such as {@code application.yml:7} or {@code EVENKEEL_CLIENTS_PAYMENTS_READTIMEOUT}} */
    public static String of(Origin origin) {
        return text(origin, false);
    }

    /** {@return such as {@code the command line} or {@code the environment variable EVENKEEL_POOL_MAXSIZE}} */
    static String inSentence(Origin origin) {
        return text(origin, true);
    }

    private static String text(Origin origin, boolean sentence) {
        if (origin instanceof TextResourceOrigin file) {
            return of(file);
        }
        if (origin instanceof SystemEnvironmentOrigin variable) {
            return (sentence ? "the environment variable " : "") + variable.getProperty();
        }
        if (!(origin instanceof PropertySourceOrigin property)) {
            return origin.toString();
        }
        if (property.getOrigin() != null) {
            return text(property.getOrigin(), sentence);
        }
        PropertySource<?> source = property.getPropertySource();
        if (source instanceof SystemEnvironmentPropertySource) {
            return (sentence ? "the environment variable " : "") + property.getPropertyName();
        }
        String article = sentence ? "the " : "";
        return switch (source.getName()) {
            case CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME -> article + "command line";
            case StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME ->
                article + "system property" + (sentence ? " " + property.getPropertyName() : "");
            default -> article + "property source '%s'".formatted(source.getName());
        };
    }

    private static String of(TextResourceOrigin text) {
        String file = (text.getResource() != null) ? text.getResource().getFilename() : null;
        if (file == null) {
            return text.toString();
        }
        TextResourceOrigin.@Nullable Location location = text.getLocation();
        return (location != null) ? file + ":" + (location.getLine() + 1) : file;
    }
}
