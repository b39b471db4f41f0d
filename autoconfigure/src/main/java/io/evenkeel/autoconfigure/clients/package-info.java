// SPDX-License-Identifier: Apache-2.0
/** Clients: the settings of each, how it is made, and where the container finds it. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.clients;
