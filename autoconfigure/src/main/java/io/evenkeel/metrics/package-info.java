// SPDX-License-Identifier: Apache-2.0
/** Turns what the transport tells into Micrometer meters. {@code docs/metrics.md} is the contract. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.metrics;
