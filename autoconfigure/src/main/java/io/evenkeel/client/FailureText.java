// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.client;

import java.util.regex.Pattern;

/** Says in a line why a bundle cannot be used, and nothing of what is in it. */
final class FailureText {

    private static final int LONGEST = 300;

    /**
     * A line of PEM: what a bundle made by code takes for the location of a key may be the key, and Spring Boot's message
     * has it.
     */
    private static final Pattern KEY_MATERIAL = Pattern.compile("[A-Za-z0-9+/=]{64,}");

    private FailureText() {}

    static String of(Throwable failure) {
        String text = message(failure);
        for (Throwable cause = failure.getCause(); cause != null; cause = cause.getCause()) {
            String message = message(cause);
            if (!text.contains(message)) {
                // The first that adds something is the one that was written for people.
                return text + " (" + message + ")";
            }
        }
        return text;
    }

    private static String message(Throwable failure) {
        String message = failure.getMessage();
        if (message == null || message.isBlank()) {
            return failure.getClass().getSimpleName();
        }
        String line = message.lines().findFirst().orElse("");
        String harmless = KEY_MATERIAL.matcher(line).replaceAll("***");
        return (harmless.length() > LONGEST) ? harmless.substring(0, LONGEST) + "..." : harmless;
    }
}
