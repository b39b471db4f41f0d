// SPDX-License-Identifier: Apache-2.0
/** Experiments: in each the stock client and Evenkeel do the same work side by side, and what happens is counted. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.sample.experiment;
