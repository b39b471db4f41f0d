// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.upstream;

import com.fasterxml.jackson.annotation.JsonValue;
import java.util.Locale;

/** Who is calling. Each side has a port of its own on every upstream, so that the server's counts tell them apart. */
public enum Side {
    STOCK,
    EVENKEEL;

    @JsonValue
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
