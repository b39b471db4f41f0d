// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.error.EvenkeelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashSet;
import java.util.Set;
import org.apache.hc.core5.http.HttpException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/** The word for how a call ended that ended in an exception. */
final class Outcome {

    private Outcome() {}

    /** {@return the word; what nobody can be prepared for is also a finding} */
    static String of(Throwable thrown, String call, Findings findings) {
        Throwable root = thrown;
        Set<Throwable> seen = new HashSet<>();
        for (Throwable each = thrown; each != null && seen.add(each); each = each.getCause()) {
            root = each;
            if (CallersFault.isOne(each)) {
                return "the caller's own";
            }
            if (!isExpected(each)) {
                StringWriter trace = new StringWriter();
                thrown.printStackTrace(new PrintWriter(trace));
                findings.add(Finding.UNEXPECTED_EXCEPTION, call + ": " + trace);
                return "UNEXPECTED";
            }
        }
        return EvenkeelException.in(thrown)
                .map(EvenkeelException::reason)
                .orElse(
                        (thrown instanceof RestClientResponseException response)
                                ? String.valueOf(response.getStatusCode().value())
                                : root.getClass().getSimpleName());
    }

    private static boolean isExpected(Throwable thrown) {
        return thrown instanceof IOException
                || thrown instanceof HttpException
                || thrown instanceof RestClientException
                || thrown instanceof InterruptedException
                || thrown instanceof java.security.GeneralSecurityException
                || thrown.getClass().getName().startsWith("org.springframework.http.converter.");
    }
}
