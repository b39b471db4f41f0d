// SPDX-License-Identifier: Apache-2.0
/** What a client is made from: its limits, its TLS material, the addresses that it may call. */
@NullMarked
package io.evenkeel.transport.spec;

import org.jspecify.annotations.NullMarked;
