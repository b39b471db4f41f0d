// SPDX-License-Identifier: Apache-2.0
/** Where redirects lead, and what may go along. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.policy.redirect;
