// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.IOException;
import java.util.List;

/** The effects of one moment of a script, and whether the last of them has begun. */
final class Step {

    private final String place;

    private final List<Effect> effects;

    private volatile boolean reached;

    Step(String place, Effect... effects) {
        this.place = place;
        this.effects = List.of(effects);
    }

    void run(Wire wire) throws IOException {
        for (int i = 0; i < this.effects.size(); i++) {
            this.reached |= i == this.effects.size() - 1;
            if (!this.effects.get(i).run(wire)) {
                return;
            }
        }
    }

    boolean answers() {
        return this.effects.stream().anyMatch(Effect::answers);
    }

    boolean reached() {
        return this.reached || this.effects.isEmpty();
    }

    @Override
    public String toString() {
        return this.place + " " + this.effects;
    }
}
