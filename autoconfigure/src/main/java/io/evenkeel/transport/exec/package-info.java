// SPDX-License-Identifier: Apache-2.0
/** The links of the chain that a call goes through, and what becomes of one that fails. */
@NullMarked
package io.evenkeel.transport.exec;

import org.jspecify.annotations.NullMarked;
