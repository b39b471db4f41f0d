// SPDX-License-Identifier: Apache-2.0
/**
 * Fixtures of all tests: a server that follows a script of faults, TLS material, time that stands still and a check for
 * what a test left behind.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.testing;
