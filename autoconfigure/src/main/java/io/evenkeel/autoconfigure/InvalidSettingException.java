// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

/** A setting is dead or dangerous. */
final class InvalidSettingException extends RuntimeException {

    /** Stands in a value for what must not be in a log. */
    static final String HIDDEN = "***";

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String value;
    private final String reason;
    private final String remedy;

    InvalidSettingException(String key, String value, String reason, String remedy) {
        super("'%s' must not be %s: %s. %s".formatted(key, value, reason, remedy));
        this.key = key;
        this.value = value;
        this.reason = reason;
        this.remedy = remedy;
    }

    /** {@return the property, in its canonical form} */
    String key() {
        return this.key;
    }

    /** {@return the value as it was understood} */
    String value() {
        return this.value;
    }

    /** {@return why the value is refused, without a full stop} */
    String reason() {
        return this.reason;
    }

    /** {@return what to write instead, a sentence} */
    String remedy() {
        return this.remedy;
    }
}
