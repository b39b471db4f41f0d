// SPDX-License-Identifier: Apache-2.0
/** The life of the connection pools in an application context. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.pools;
