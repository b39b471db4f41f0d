/**
 * What a request says of its being sent again.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.retry;
