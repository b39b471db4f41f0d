// SPDX-License-Identifier: Apache-2.0
/** Which requests may be sent once more. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.policy.replay;
