// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

/** A setting is dead or dangerous. */
final class InvalidSettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String value;
    private final String reason;
    private final String remedy;
    private final boolean valueHidden;

    InvalidSettingException(String key, String value, String reason, String remedy) {
        this(key, value, reason, remedy, false);
    }

    private InvalidSettingException(String key, String value, String reason, String remedy, boolean valueHidden) {
        super("'%s' must not be %s: %s. %s".formatted(key, value, reason, remedy));
        this.key = key;
        this.value = value;
        this.reason = reason;
        this.remedy = remedy;
        this.valueHidden = valueHidden;
    }

    /**
     * Refuses a value that may hold a secret, so that it is shown nowhere as it was written.
     *
     * @param value what may be shown of it
     */
    static InvalidSettingException hidingValue(String key, String value, String reason, String remedy) {
        return new InvalidSettingException(key, value, reason, remedy, true);
    }

    /** {@return the same refusal, of a setting that has another key} */
    InvalidSettingException as(String key, String reason, String remedy) {
        return new InvalidSettingException(key, this.value, reason, remedy, this.valueHidden);
    }

    boolean isValueHidden() {
        return this.valueHidden;
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
