// SPDX-License-Identifier: Apache-2.0
/** The end of an application: the tasks of its executors, within one budget of time. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.shutdown;
