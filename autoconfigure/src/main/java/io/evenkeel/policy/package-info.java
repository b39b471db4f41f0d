// SPDX-License-Identifier: Apache-2.0
/** Decisions without side effects: no threads, no I/O, no logging, nothing but the JDK. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.policy;
