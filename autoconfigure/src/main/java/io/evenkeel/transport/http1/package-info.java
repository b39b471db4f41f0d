// SPDX-License-Identifier: Apache-2.0
/** HTTP/1.1 as strictly as RFC 9112 allows: heads, lengths and chunks of responses. Knows no sockets. */
@NullMarked
package io.evenkeel.transport.http1;

import org.jspecify.annotations.NullMarked;
