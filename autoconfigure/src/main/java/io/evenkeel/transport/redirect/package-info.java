// SPDX-License-Identifier: Apache-2.0
/** Which redirects are followed, and what may go along to another origin. */
@NullMarked
package io.evenkeel.transport.redirect;

import org.jspecify.annotations.NullMarked;
