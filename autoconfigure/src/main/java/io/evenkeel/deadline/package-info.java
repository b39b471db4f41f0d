/** Deadlines of code that calls: bound to a thread, kept by every client that is used meanwhile. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.deadline;
