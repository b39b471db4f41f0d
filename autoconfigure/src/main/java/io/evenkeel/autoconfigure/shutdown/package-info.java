// SPDX-License-Identifier: Apache-2.0
/** The end of an application: what waits, and what is said about it at the start. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.shutdown;
