/** The deadlines that come with the requests which an application answers. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.autoconfigure.deadline;
