/**
 * Circuit breakers of Resilience4j, which need not be there.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.resilience4j;
