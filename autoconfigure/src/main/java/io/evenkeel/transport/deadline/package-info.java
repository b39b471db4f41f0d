/**
 * The bound of a whole call, and the one thread that ends those that are late.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.transport.deadline;
