// SPDX-License-Identifier: Apache-2.0
/** Executors below {@code evenkeel.executors}, made as Spring Boot makes its own. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.executors;
