/**
 * Sends requests again that failed, within the budget of their route.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.transport.retry;
