// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the page says of a meter, and what a registry says of it.
 *
 * @param tags their values by key, none where any value is allowed
 */
record DocumentedMeter(String type, String unit, Map<String, Set<String>> tags) {

    DocumentedMeter plus(DocumentedMeter other) {
        assertThat(other.type).isEqualTo(this.type);
        assertThat(other.tags.keySet()).as("tag keys never vary within a name").isEqualTo(this.tags.keySet());
        Map<String, Set<String>> sum = new TreeMap<>();
        this.tags.forEach((key, values) -> {
            Set<String> all = new TreeSet<>(values);
            all.addAll(other.tags.get(key));
            sum.put(key, all);
        });
        return new DocumentedMeter(this.type, this.unit, sum);
    }
}
