// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

/**
 * What is accepted as a response.
 *
 * @param maxHeaders number of header lines
 * @param maxHeadBytes size of the status line and all header lines, in bytes; those of interim responses count, too
 * @param maxInterim number of interim responses before the final one
 * @param unknownCoding what becomes of content that nobody can decode
 */
public record ResponseLimits(int maxHeaders, int maxHeadBytes, int maxInterim, UnknownCoding unknownCoding) {

    public static final ResponseLimits DEFAULTS = new ResponseLimits(100, 64 * 1024, 20, UnknownCoding.PASS);

    /** What becomes of a response with a content coding that the client does not know. */
    public enum UnknownCoding {

        /** Its content is handed out as it is. */
        PASS,

        /** It is an error, unless it tells of an error itself. */
        REFUSE
    }
}
