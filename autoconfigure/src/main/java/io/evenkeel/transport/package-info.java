// SPDX-License-Identifier: Apache-2.0
/**
 * Connections and exchanges: the only package that works with Apache HttpClient. Its public types carry settings in and
 * a configured {@code HttpClientBuilder} out; everything else is an implementation detail.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.transport;
