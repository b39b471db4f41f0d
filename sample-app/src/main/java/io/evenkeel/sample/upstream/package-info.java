// SPDX-License-Identifier: Apache-2.0
/** Servers that this application starts itself and calls as if they were somebody else's. They count what they see. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.sample.upstream;
