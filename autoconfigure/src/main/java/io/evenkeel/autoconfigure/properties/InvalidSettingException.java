// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

/** A setting is dead or dangerous, or no setting at all. */
public final class InvalidSettingException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String key;
    private final String value;
    private final String reason;
    private final String remedy;
    private final Shown shown;

    /** What may be told of the value. */
    enum Shown {
        AS_WRITTEN,
        AS_GIVEN_HERE,
        NOTHING
    }

    public InvalidSettingException(String key, String value, String reason, String remedy) {
        this(key, value, reason, remedy, Shown.AS_WRITTEN);
    }

    private InvalidSettingException(String key, String value, String reason, String remedy, Shown shown) {
        super(((shown == Shown.NOTHING) ? "'%1$s' %3$s. %4$s" : "'%s' must not be %s: %s. %s")
                .formatted(key, value, reason, remedy));
        this.key = key;
        this.value = value;
        this.reason = reason;
        this.remedy = remedy;
        this.shown = shown;
    }

    /**
     * Refuses a value that may hold a secret, so that it is shown nowhere as it was written.
     *
     * @param value what may be shown of it
     */
    public static InvalidSettingException hidingValue(String key, String value, String reason, String remedy) {
        return new InvalidSettingException(key, value, reason, remedy, Shown.AS_GIVEN_HERE);
    }

    /**
     * Refuses a key, whatever its value is.
     *
     * @param reason continues a sentence that begins with the key
     */
    public static InvalidSettingException ofKey(String key, String reason, String remedy) {
        return new InvalidSettingException(key, "", reason, remedy, Shown.NOTHING);
    }

    /**
     * Refuses a name that the user chose.
     *
     * @param prefix below which it stands
     */
    public static InvalidSettingException ofName(String prefix, String name, String reason, String remedy) {
        return new InvalidSettingException(prefix + "." + KnownKeys.NAME, name, reason, remedy);
    }

    Shown shown() {
        return this.shown;
    }

    /** {@return the property, in its canonical form} */
    public String key() {
        return this.key;
    }

    /** {@return the value as it was understood} */
    public String value() {
        return this.value;
    }

    /** {@return why the value is refused, without a full stop} */
    public String reason() {
        return this.reason;
    }

    /** {@return what to write instead, a sentence} */
    public String remedy() {
        return this.remedy;
    }
}
