// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import io.evenkeel.error.BadResponseException;
import io.evenkeel.error.EvenkeelException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.List;
import org.apache.hc.core5.http.HttpException;
import org.springframework.web.client.RestClientException;
import org.springframework.web.client.RestClientResponseException;

/** The word for how a call ended that ended in an exception. */
final class Outcome {

    private Outcome() {}

    /** {@return the word; what nobody can be prepared for is also a finding} */
    static String of(Throwable thrown, String call, Findings findings) {
        for (Throwable each : chain(thrown)) {
            if (CallersFault.isOne(each)) {
                return "the caller's own";
            }
        }
        for (Throwable each : chain(thrown)) {
            if (each instanceof IOException || each instanceof HttpException) {
                // What is behind it is for people to read.
                break;
            }
            if (!isExpected(each)) {
                findings.add(Finding.UNEXPECTED_EXCEPTION, call + ": " + trace(thrown));
                return "UNEXPECTED";
            }
        }
        return EvenkeelException.in(thrown)
                .map(EvenkeelException::reason)
                .orElse(
                        (thrown instanceof RestClientResponseException response)
                                ? String.valueOf(response.getStatusCode().value())
                                : last(thrown).getClass().getSimpleName());
    }

    /** {@return the same for a call of a server without a fault, which must not be told that it has one} */
    static String ofHealthy(Throwable thrown, String call, Findings findings) {
        String outcome = of(thrown, call, findings);
        if (EvenkeelException.in(thrown).orElse(null) instanceof BadResponseException) {
            findings.add(Finding.SERVER_BLAMED, call + ": " + trace(thrown));
        }
        return outcome;
    }

    private static List<Throwable> chain(Throwable thrown) {
        List<Throwable> chain = new ArrayList<>();
        for (Throwable each = thrown; each != null && !chain.contains(each); each = each.getCause()) {
            chain.add(each);
        }
        return chain;
    }

    private static Throwable last(Throwable thrown) {
        List<Throwable> chain = chain(thrown);
        return chain.get(chain.size() - 1);
    }

    private static String trace(Throwable thrown) {
        StringWriter trace = new StringWriter();
        thrown.printStackTrace(new PrintWriter(trace));
        return trace.toString();
    }

    private static boolean isExpected(Throwable thrown) {
        return thrown instanceof RestClientException
                || thrown.getClass().getName().startsWith("org.springframework.http.converter.");
    }
}
