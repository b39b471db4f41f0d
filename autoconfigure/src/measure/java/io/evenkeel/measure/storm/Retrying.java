// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

/** What an application puts around the calls of one client. Thread-safe. */
interface Retrying {

    void run(Runnable call) throws InterruptedException;
}
