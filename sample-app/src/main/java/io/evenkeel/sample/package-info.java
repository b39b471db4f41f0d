// SPDX-License-Identifier: Apache-2.0
/** The sample application: real calls against real servers that misbehave, the stock client beside Evenkeel. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.sample;
