// SPDX-License-Identifier: Apache-2.0
/**
 * The race between a server that closes an idle connection and a client that is about to use it: real servers, a delay
 * on the way, and calls around the closing moment. {@link io.evenkeel.race.RaceRun} runs all of it.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.race;
