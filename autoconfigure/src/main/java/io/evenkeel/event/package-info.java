// SPDX-License-Identifier: Apache-2.0
/** What the transport tells its observers: metrics and endpoints listen here and nowhere else. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.event;
