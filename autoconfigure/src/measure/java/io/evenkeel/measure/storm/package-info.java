// SPDX-License-Identifier: Apache-2.0
/**
 * What retries do to a server that cannot cope: a real one of fixed capacity, in a process of its own, and fifty clients. {@code
 * docs/storms.md} says how to run it, and what came of it.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.measure.storm;
