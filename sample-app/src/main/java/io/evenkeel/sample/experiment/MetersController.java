// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** All meters whose names start with {@code evenkeel.}, as the registry has them now. */
@RestController
class MetersController {

    private final MeterRegistry registry;

    MetersController(MeterRegistry registry) {
        this.registry = registry;
    }

    @GetMapping("/meters")
    List<Row> meters() {
        return registry.getMeters().stream()
                .filter(meter -> meter.getId().getName().startsWith("evenkeel."))
                .map(MetersController::row)
                .sorted(Comparator.comparing(Row::name)
                        .thenComparing(row -> row.tags().toString()))
                .toList();
    }

    private static Row row(Meter meter) {
        Meter.Id id = meter.getId();
        Map<String, String> tags = id.getTags().stream()
                .collect(Collectors.toMap(Tag::getKey, Tag::getValue, (one, other) -> one, TreeMap::new));
        // JSON has no NaN, which is what a gauge says whose object is gone.
        Map<String, Double> statistics = StreamSupport.stream(meter.measure().spliterator(), false)
                .filter(measurement -> Double.isFinite(measurement.getValue()))
                .collect(Collectors.toMap(
                        measurement -> measurement.getStatistic().getTagValueRepresentation(),
                        Measurement::getValue,
                        Double::sum,
                        TreeMap::new));
        return new Row(id.getName(), tags, id.getBaseUnit(), statistics, id.getDescription());
    }

    record Row(
            String name,
            Map<String, String> tags,
            @Nullable String unit,
            Map<String, Double> statistics,
            @Nullable String description) {}
}
