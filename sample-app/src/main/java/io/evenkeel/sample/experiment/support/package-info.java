// SPDX-License-Identifier: Apache-2.0
/** What experiments are made with. */
@org.jspecify.annotations.NullMarked
package io.evenkeel.sample.experiment.support;
