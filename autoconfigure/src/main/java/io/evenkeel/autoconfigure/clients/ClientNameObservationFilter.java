// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import org.springframework.http.client.observation.ClientRequestObservationContext;

/**
 * Tells traces which client made a request, whatever the application's convention. Meters do not see it: a new tag on
 * {@code http.client.requests} would change a series that is not ours.
 */
final class ClientNameObservationFilter implements ObservationFilter {

    /** Attribute of a request: the name of the client that makes it. */
    static final String ATTRIBUTE = "evenkeel.client";

    @Override
    public Observation.Context map(Observation.Context context) {
        if (context instanceof ClientRequestObservationContext http && http.getCarrier() != null) {
            Object name = http.getCarrier().getAttributes().get(ATTRIBUTE);
            if (name != null) {
                http.addHighCardinalityKeyValue(KeyValue.of(ATTRIBUTE, name.toString()));
            }
        }
        return context;
    }
}
