// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy;

/**
 * What is known of an exchange that failed. Exception classes do not tell whether a server may have acted; these do.
 *
 * @param reused whether the connection had carried an exchange before
 * @param broken whether the connection failed or ended, as opposed to what was to be sent on it
 * @param received whether any byte of an answer arrived
 * @param timedOut whether the client gave up waiting; then the server may still be at work
 */
public record ExchangeFacts(boolean reused, boolean broken, boolean received, boolean timedOut) {}
