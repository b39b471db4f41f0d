// SPDX-License-Identifier: Apache-2.0
/** Keeps connections, lends them, takes them back, and closes them in time. Does not open any. */
@NullMarked
package io.evenkeel.transport.pool;

import org.jspecify.annotations.NullMarked;
