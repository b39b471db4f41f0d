// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

/** The web server of an application. */
enum Server {
    NONE,
    TOMCAT,
    JETTY
}
