// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.ArrayList;
import java.util.List;

/** What is wrong with the settings. It is gathered, so that one start tells all of it. Not safe for several threads. */
public final class Refusals {

    private final List<InvalidSettingException> all = new ArrayList<>();

    public void add(InvalidSettingException refusal) {
        // What is written for all clients is judged for each of them.
        if (this.all.stream().noneMatch(other -> isSame(other, refusal))) {
            this.all.add(refusal);
        }
    }

    // A name that the user chose is no value of a key.
    private static boolean isSame(InvalidSettingException one, InvalidSettingException other) {
        return one.key().equals(other.key())
                && (!one.key().endsWith(KnownKeys.NAME) || one.value().equals(other.value()));
    }

    /** Makes checks that do not depend on each other; each of them may throw what it refuses. */
    public void check(Runnable... checks) {
        for (Runnable check : checks) {
            try {
                check.run();
            } catch (InvalidSettingException ex) {
                add(ex);
            }
        }
    }

    /** Makes a check that weighs settings against each other, unless one of them is wrong by itself. */
    public void checkTogether(List<String> keys, Runnable check) {
        if (this.all.stream().noneMatch(refusal -> keys.contains(refusal.key()))) {
            check(check);
        }
    }

    /** @throws InvalidSettingException the first refusal, with the others as suppressed ones */
    public void throwIfAny() {
        if (!this.all.isEmpty()) {
            InvalidSettingException first = this.all.get(0);
            this.all.stream().skip(1).forEach(first::addSuppressed);
            throw first;
        }
    }
}
