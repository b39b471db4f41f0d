// SPDX-License-Identifier: Apache-2.0
/** Opens connections: names, addresses, sockets and TLS, within the time that there is for that. */
@NullMarked
package io.evenkeel.transport.dial;

import org.jspecify.annotations.NullMarked;
