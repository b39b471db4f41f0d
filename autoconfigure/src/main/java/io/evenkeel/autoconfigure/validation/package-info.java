// SPDX-License-Identifier: Apache-2.0
/** What settings may be. One start tells all that is wrong with them. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.validation;
