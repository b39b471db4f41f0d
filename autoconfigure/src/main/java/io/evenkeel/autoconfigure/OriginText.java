// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

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
final class OriginText {

    private OriginText() {}

    /** {@return such as {@code application.yml:7} or {@code EVENKEEL_CLIENTS_PAYMENTS_READTIMEOUT}} */
    static String of(Origin origin) {
        if (origin instanceof TextResourceOrigin text) {
            return of(text);
        }
        if (origin instanceof SystemEnvironmentOrigin variable) {
            return variable.getProperty();
        }
        if (origin instanceof PropertySourceOrigin source) {
            Origin actual = source.getOrigin();
            return (actual != null) ? of(actual) : of(source.getPropertySource(), source.getPropertyName());
        }
        return origin.toString();
    }

    private static String of(TextResourceOrigin text) {
        String file = (text.getResource() != null) ? text.getResource().getFilename() : null;
        if (file == null) {
            return text.toString();
        }
        TextResourceOrigin.@Nullable Location location = text.getLocation();
        return (location != null) ? file + ":" + (location.getLine() + 1) : file;
    }

    private static String of(PropertySource<?> source, String property) {
        if (source instanceof SystemEnvironmentPropertySource) {
            return property;
        }
        if (source.getName().equals(CommandLinePropertySource.COMMAND_LINE_PROPERTY_SOURCE_NAME)) {
            return "command line";
        }
        if (source.getName().equals(StandardEnvironment.SYSTEM_PROPERTIES_PROPERTY_SOURCE_NAME)) {
            return "system property";
        }
        return "property source '%s'".formatted(source.getName());
    }
}
