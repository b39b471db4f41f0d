/** The seam through which all code reads elapsed time. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.time;
