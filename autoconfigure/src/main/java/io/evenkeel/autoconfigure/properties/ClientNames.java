// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.core.env.Environment;

/** Names of the clients below {@code evenkeel.clients}, and what is named after them. */
public final class ClientNames {

    public static final String PREFIX = "evenkeel.clients";

    private static final String BEAN_SUFFIX = "RestClient";
    private static final Pattern WORD_START = Pattern.compile("[-_]+(.?)");

    private ClientNames() {}

    /** {@return the names, each in one spelling, without those that a client cannot have} */
    public static Set<String> of(Environment environment) {
        return of(environment, new Refusals());
    }

    /** {@return the names, each in one spelling, without those that are refused} */
    static Set<String> of(Environment environment, Refusals refusals) {
        return new UniqueNames(PREFIX, environment).check(ClientNames::check, refusals);
    }

    private static void check(String name) {
        String relaxed = relaxed(name);
        if (relaxed.equals("default")) {
            throw refuse(
                    name,
                    "that is the client without a name, which serves all that is built without one",
                    "Write its keys below 'evenkeel' and 'spring.http.clients', or choose another name.");
        }
        if (relaxed.equals("evenkeel")) {
            throw refuse(name, "Evenkeel has a bean of that name itself", "Choose another name.");
        }
        if (!relaxed.matches(".*[a-z].*")) {
            throw refuse(name, "a bean is named after it, so it needs a letter", "Choose another name.");
        }
    }

    private static InvalidSettingException refuse(String name, String reason, String remedy) {
        return InvalidSettingException.ofName(PREFIX, name, reason, remedy);
    }

    /** {@return where the keys of a client are} */
    public static String prefix(String name) {
        return PREFIX + "." + name;
    }

    /** {@return such as {@code myGroupRestClient} for {@code my-group}} */
    public static String bean(String name) {
        Matcher matcher = WORD_START.matcher(name.replaceFirst("^[-_]+", ""));
        String camelCase = matcher.replaceAll(match -> match.group(1).toUpperCase(Locale.ROOT));
        return Character.toLowerCase(camelCase.charAt(0)) + camelCase.substring(1) + BEAN_SUFFIX;
    }

    /** {@return the name of the client that a bean would belong to, {@code null} if it is not called like one} */
    public static @Nullable String ofBean(String bean) {
        int length = bean.length() - BEAN_SUFFIX.length();
        return (length > 0 && bean.endsWith(BEAN_SUFFIX)) ? bean.substring(0, length) : null;
    }

    /** {@return whether a bean is that of a client, in any spelling of its name} */
    public static boolean isBeanOf(String bean, String name) {
        return same(bean, name + BEAN_SUFFIX);
    }

    /** {@return whether two spellings are one name to Spring Boot} */
    public static boolean same(String one, String other) {
        return relaxed(one).equals(relaxed(other));
    }

    /** {@return the same for all spellings of a name, as to Spring Boot: a variable has no dashes, and camel case neither} */
    public static String relaxed(String name) {
        return name.replaceAll("[-_]", "").toLowerCase(Locale.ROOT);
    }
}
