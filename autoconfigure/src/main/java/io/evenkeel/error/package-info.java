// SPDX-License-Identifier: Apache-2.0
/** The exceptions that a caller of an Evenkeel client may meet beside those of the JDK. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.error;
