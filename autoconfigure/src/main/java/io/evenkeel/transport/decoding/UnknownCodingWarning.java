// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport.decoding;

import io.evenkeel.transport.support.Origins;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.HttpRoute;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says once per client that content is handed out in a coding that nobody decoded. Thread-safe. */
public final class UnknownCodingWarning {

    private static final Logger log = LoggerFactory.getLogger("io.evenkeel");

    /** The registered names of codings look so. What does not may be anything, and is not repeated. */
    private static final Pattern NAME = Pattern.compile("[\\w.+-]{1,32}");

    private final String client;
    private final String keyPrefix;
    private final Set<String> warned;

    /**
     * @param client name of the client
     * @param keyPrefix where its settings live
     * @param warned the clients that have been warned of; thread-safe, shared by all builds
     */
    public UnknownCodingWarning(String client, String keyPrefix, Set<String> warned) {
        this.client = client;
        this.keyPrefix = keyPrefix;
        this.warned = warned;
    }

    void passed(String coding, HttpRoute route) {
        if (this.warned.add(this.client)) {
            log.warn(
                    "Client '{}' hands out the content of {} as it is: its Content-Encoding {} is not among those that the "
                            + "client can decode. Set {}.unknown-content-encoding to 'refuse' to make that an error.",
                    this.client,
                    Origins.of(route),
                    printable(coding),
                    this.keyPrefix);
        }
    }

    static String printable(String coding) {
        return NAME.matcher(coding).matches() ? "'" + coding + "'" : "(%d characters)".formatted(coding.length());
    }
}
