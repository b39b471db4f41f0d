// SPDX-License-Identifier: Apache-2.0
/** How routes, durations and threads are written for people, and small things that every other room needs. */
@NullMarked
package io.evenkeel.transport.support;

import org.jspecify.annotations.NullMarked;
