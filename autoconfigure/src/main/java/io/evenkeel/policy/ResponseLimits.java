// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

/**
 * How large the head of a response may be.
 *
 * @param maxHeaders number of header lines
 * @param maxHeadBytes size of the status line and all header lines, in bytes
 */
public record ResponseLimits(int maxHeaders, int maxHeadBytes) {

    public static final ResponseLimits DEFAULTS = new ResponseLimits(100, 64 * 1024);
}
