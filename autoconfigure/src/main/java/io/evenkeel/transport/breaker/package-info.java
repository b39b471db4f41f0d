/**
 * Sends nothing to a route whose circuit breaker is open, and tells the breaker how attempts end.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.transport.breaker;
