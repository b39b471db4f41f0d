// SPDX-License-Identifier: Apache-2.0
/** The way through a proxy, and what is said of it when it fails. */
@NullMarked
package io.evenkeel.transport.proxy;

import org.jspecify.annotations.NullMarked;
