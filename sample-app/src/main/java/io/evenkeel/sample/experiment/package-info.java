// SPDX-License-Identifier: Apache-2.0
/** Experiments: each lets the stock client and Evenkeel do the same work at the same time, and reports what was counted. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.sample.experiment;
