// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.policy.replay;

/**
 * Which requests of a client may be sent twice.
 *
 * @param enabled whether any request is; without it, none rides a connection that it could lose
 * @param idempotencyHeader name of the header that makes a request of any method safe to send again, since the server
 *     recognizes it
 */
public record ReplaySettings(boolean enabled, String idempotencyHeader) {

    public static final ReplaySettings DEFAULTS = new ReplaySettings(true, "Idempotency-Key");
}
