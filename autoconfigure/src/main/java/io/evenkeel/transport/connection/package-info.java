// SPDX-License-Identifier: Apache-2.0
/** One connection: its sockets, how requests and responses travel on it, and what is known of it. Knows no pool. */
@NullMarked
package io.evenkeel.transport.connection;

import org.jspecify.annotations.NullMarked;
