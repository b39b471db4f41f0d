// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

/**
 * What is accepted as a response.
 *
 * @param maxHeaders number of header lines
 * @param maxHeadBytes size of the status line and all header lines, in bytes; those of interim responses count, too
 * @param maxInterim number of interim responses before the final one
 * @param unknownCoding what becomes of content that nobody can decode
 * @param maxBytes size of the content, decompressed, in bytes; 0 is none
 * @param maxRatio how many times as large as it was compressed content may become, beyond its first {@link #FREE_OF_RATIO};
 *     0 is none
 */
public record ResponseLimits(
        int maxHeaders, int maxHeadBytes, int maxInterim, UnknownCoding unknownCoding, long maxBytes, int maxRatio) {

    public static final ResponseLimits DEFAULTS = new ResponseLimits(100, 64 * 1024, 20, UnknownCoding.PASS, 0, 250);

    /** Bytes of decompressed content that may come from any number of compressed ones: they do no harm. */
    public static final long FREE_OF_RATIO = 10L * 1024 * 1024;

    /** {@return whether so much content is accepted} */
    public boolean allowsBytes(long bytes) {
        return this.maxBytes == 0 || bytes <= this.maxBytes;
    }

    /** {@return whether that much content is accepted of so much compressed} */
    public boolean allowsRatio(long decompressed, long compressed) {
        return this.maxRatio == 0 || decompressed <= FREE_OF_RATIO || decompressed / this.maxRatio <= compressed;
    }

    /** What becomes of a response with a content coding that the client does not know. */
    public enum UnknownCoding {

        /** Its content is handed out as it is. */
        PASS,

        /** It is an error, unless it tells of an error itself. */
        REFUSE
    }
}
