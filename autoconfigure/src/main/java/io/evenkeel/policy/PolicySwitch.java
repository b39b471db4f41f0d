// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

/** Something that a client does, and that may be switched off, and on again, while the application runs. Thread-safe. */
public final class PolicySwitch {

    private volatile boolean on = true;

    public boolean isOn() {
        return this.on;
    }

    public void turn(boolean on) {
        this.on = on;
    }
}
