// SPDX-License-Identifier: Apache-2.0
/** For how long an idle connection may be used again, and how many are worth keeping. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.policy.idle;
