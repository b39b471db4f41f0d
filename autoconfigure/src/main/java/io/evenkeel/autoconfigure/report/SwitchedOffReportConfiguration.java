// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.report;

import io.evenkeel.autoconfigure.properties.OnEvenkeelEnabledCondition;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** The report, for an application of which nothing but its clients with a name is left to say something about. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnBooleanProperty(name = OnEvenkeelEnabledCondition.KEY, havingValue = false)
@Import(StartupReport.class)
public class SwitchedOffReportConfiguration {}
