// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.web.server.LocalServerPort;

/** The page on meters and the meters of an application that made calls of every kind are the same. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT)
class MeterDocumentationTests {

    private static final Path PAGE = Path.of("../docs/metrics.md");

    private static final Pattern ROW =
            Pattern.compile("\\| `(evenkeel\\.[a-z.]+)` \\| [A-Za-z]+ \\| [a-z-]+ \\| ([^|]+) \\|.*");

    private static final Pattern TAG_KEY = Pattern.compile("`([a-z]+)(=[A-Za-z_,]+)?`");

    @LocalServerPort
    private int port;

    @Autowired
    private MeterRegistry registry;

    @Test
    void everyMeterOfARunningApplicationIsDocumentedAndEveryDocumentedOneIsThere() throws IOException {
        Browser browser = new Browser(this.port);
        assertThat(browser.post("/experiments/burst?calls=4&patience=5&wait=true")
                        .status())
                .isEqualTo(200);
        assertThat(browser.post("/experiments/tls?clients=2&wait=true").status())
                .isEqualTo(200);

        assertThat(tagKeysOfTheApplication()).isEqualTo(tagKeysOfThePage());
    }

    private Map<String, Set<String>> tagKeysOfTheApplication() {
        Map<String, Set<String>> tagKeys = new TreeMap<>();
        for (Meter meter : this.registry.getMeters()) {
            if (meter.getId().getName().startsWith("evenkeel.")) {
                tagKeys.put(
                        meter.getId().getName(),
                        meter.getId().getTags().stream()
                                .map(Tag::getKey)
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return tagKeys;
    }

    private static Map<String, Set<String>> tagKeysOfThePage() throws IOException {
        Map<String, Set<String>> tagKeys = new TreeMap<>();
        for (String line : Files.readAllLines(PAGE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                tagKeys.put(
                        row.group(1),
                        TAG_KEY.matcher(row.group(2))
                                .results()
                                .map(key -> key.group(1))
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return tagKeys;
    }
}
