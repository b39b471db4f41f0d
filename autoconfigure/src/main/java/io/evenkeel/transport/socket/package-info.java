// SPDX-License-Identifier: Apache-2.0
/** One socket, below TLS: how it is read, written, looked at and waited for. */
@NullMarked
package io.evenkeel.transport.socket;

import org.jspecify.annotations.NullMarked;
