// SPDX-License-Identifier: Apache-2.0
/** What is written for the application: the keys there are, how each is read, and where it stands. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.properties;
