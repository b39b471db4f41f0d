// SPDX-License-Identifier: Apache-2.0
/**
 * Shutdown of real processes: a small application, started with {@code java -jar} and ended with SIGTERM, whose tasks
 * keep a journal of what became of them. {@link io.evenkeel.shutdown.process.ShutdownComparison} runs it with Evenkeel
 * and without.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.shutdown.process;
