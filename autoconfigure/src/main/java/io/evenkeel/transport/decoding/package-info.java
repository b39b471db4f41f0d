// SPDX-License-Identifier: Apache-2.0
/** The content of responses, decompressed and limited. */
@NullMarked
package io.evenkeel.transport.decoding;

import org.jspecify.annotations.NullMarked;
