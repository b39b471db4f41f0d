/**
 * Whether a route is so bad that nothing is sent to it for a while: settings, what counts as a failure, and what a breaker has
 * to be able to do, whoever makes it.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.policy.breaker;
