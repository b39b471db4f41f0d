// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** Where properties come from, besides the tests themselves. */
public final class Environments {

    private Environments() {}

    /** {@return what adds a file of lowest precedence, with the name and the lines that origins tell} */
    public static ApplicationContextInitializer<ConfigurableApplicationContext> yaml(String yaml) {
        return context -> {
            try {
                PropertySource<?> file = new YamlPropertySourceLoader()
                        .load("file with " + yaml, new NamedResource(yaml))
                        .get(0);
                context.getEnvironment().getPropertySources().addLast(file);
            } catch (IOException ex) {
                throw new UncheckedIOException(ex);
            }
        };
    }

    /** {@return what sets properties to exactly what is behind the first '='} */
    public static ApplicationContextInitializer<ConfigurableApplicationContext> properties(String... pairs) {
        Map<String, Object> properties = new LinkedHashMap<>();
        for (String pair : pairs) {
            properties.put(pair.substring(0, pair.indexOf('=')), pair.substring(pair.indexOf('=') + 1));
        }
        return context ->
                context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("exact", properties));
    }

    /** {@return what sets environment variables, given as names and values in turn} */
    public static ApplicationContextInitializer<ConfigurableApplicationContext> variables(String... namesAndValues) {
        Map<String, Object> variables = new LinkedHashMap<>(System.getenv());
        for (int index = 0; index < namesAndValues.length; index += 2) {
            variables.put(namesAndValues[index], namesAndValues[index + 1]);
        }
        return context -> context.getEnvironment()
                .getPropertySources()
                .replace(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                        new SystemEnvironmentPropertySource(
                                StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables));
    }

    private static final class NamedResource extends ByteArrayResource {

        NamedResource(String content) {
            super(content.getBytes(StandardCharsets.UTF_8));
        }

        @Override
        public String getFilename() {
            return "application.yml";
        }
    }
}
