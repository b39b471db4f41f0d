// SPDX-License-Identifier: Apache-2.0
/** What the log says at the start of what is carried, and how. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.report;
