// SPDX-License-Identifier: Apache-2.0
/** One connection: how requests and responses travel on it, what is known of it, whether it is alive. Knows no pool. */
@NullMarked
package io.evenkeel.transport.connection;

import org.jspecify.annotations.NullMarked;
