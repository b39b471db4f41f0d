// SPDX-License-Identifier: Apache-2.0
/**
 * Ten minutes of everything at once: servers with some sixty kinds of faults, callers that interrupt, cancel, close from
 * other threads, throw and forget, and clients that are closed under them. {@link io.evenkeel.soak.Soak} runs it.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.soak;
