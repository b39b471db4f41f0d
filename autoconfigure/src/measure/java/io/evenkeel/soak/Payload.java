// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import java.util.zip.CRC32;

/**
 * Bytes that tell whose they are and whether they are whole: a line with an id and their number, noise, and the CRC-32
 * of all that. Bodies of requests and of answers are made of it, so that each side can judge alone.
 */
final class Payload {

    /** What became of a payload on its way. */
    enum Condition {
        WHOLE,
        SHORT,
        CORRUPT,
        /** It is another's, or begins with what is none. */
        FOREIGN
    }

    private static final int CHECKSUM_BYTES = 4;
    private static final byte[] NOISE = noise();

    private Payload() {}

    private static byte[] noise() {
        byte[] noise = new byte[1 << 21];
        new Random(1).nextBytes(noise);
        // Half of it can be compressed.
        for (int i = 0; i < noise.length; i += 512) {
            Arrays.fill(noise, i, i + 256, (byte) 'x');
        }
        return noise;
    }

    /** {@return a payload of this id with so many bytes of noise} */
    static byte[] of(String id, int noise) {
        int length = head(id, 0).length + noise + CHECKSUM_BYTES;
        byte[] head = head(id, length);
        byte[] all = Arrays.copyOf(head, length);
        int offset = Math.floorMod(id.hashCode(), NOISE.length - noise);
        System.arraycopy(NOISE, offset, all, head.length, noise);
        ByteBuffer.wrap(all).putInt(length - CHECKSUM_BYTES, checksum(all, length - CHECKSUM_BYTES));
        return all;
    }

    private static byte[] head(String id, int length) {
        return "%s %08d\n".formatted(id, length).getBytes(StandardCharsets.US_ASCII);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32 checksum = new CRC32();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    /** {@return the condition of what should be a payload of this id} */
    static Condition check(byte[] bytes, String id) {
        byte[] expected = (id + " ").getBytes(StandardCharsets.US_ASCII);
        int common = Math.min(bytes.length, expected.length);
        if (!Arrays.equals(bytes, 0, common, expected, 0, common)) {
            return Condition.FOREIGN;
        }
        int headLength = head(id, 0).length;
        if (bytes.length < headLength) {
            return Condition.SHORT;
        }
        String length = new String(bytes, expected.length, headLength - 1 - expected.length, StandardCharsets.US_ASCII);
        if (!length.matches("\\d+")) {
            return Condition.CORRUPT;
        }
        int whole = Integer.parseInt(length);
        if (bytes.length < whole) {
            return Condition.SHORT;
        }
        boolean sound = bytes.length == whole
                && ByteBuffer.wrap(bytes).getInt(whole - CHECKSUM_BYTES) == checksum(bytes, whole - CHECKSUM_BYTES);
        return sound ? Condition.WHOLE : Condition.CORRUPT;
    }
}
