/**
 * What an operator sees and may switch while the application runs.
 */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.endpoint;
