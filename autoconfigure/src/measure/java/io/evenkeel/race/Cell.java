// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

/** Calls of one method after one kind of gap: how many there were, how many connections they cost, how many failed. */
record Cell(int calls, int opened, int oracle, int failed) {

    static final Cell NONE = new Cell(0, 0, 0, 0);

    Cell plus(Cell other) {
        return new Cell(
                this.calls + other.calls,
                this.opened + other.opened,
                this.oracle + other.oracle,
                this.failed + other.failed);
    }
}
