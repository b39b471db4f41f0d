// SPDX-License-Identifier: Apache-2.0
/** The experiment with a server that is overloaded for a while: who sends how much to it, and who gets over it. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.sample.experiment.overload;
