// SPDX-License-Identifier: Apache-2.0
/** Auto-configuration of the meters. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.metrics;
