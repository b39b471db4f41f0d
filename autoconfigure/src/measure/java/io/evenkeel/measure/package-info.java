// SPDX-License-Identifier: Apache-2.0
/**
 * What Evenkeel costs, beside other clients. Nothing here is a test, as figures depend on the machine;
 * {@code docs/performance.md} says how to run it.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.measure;
