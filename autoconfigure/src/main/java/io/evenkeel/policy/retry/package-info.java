/**
 * Whether a request that failed is sent once more, and when: rule, back-off and budget, without threads or clocks.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.policy.retry;
