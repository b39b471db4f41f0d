// SPDX-License-Identifier: Apache-2.0
/** Evenkeel's clients, in terms of Spring: what an application may use and configure in code. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.client;
