// SPDX-License-Identifier: Apache-2.0
/** Puts Evenkeel into a Spring Boot application. Nothing here is meant to be called. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure;
