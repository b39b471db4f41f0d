// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import org.springframework.scheduling.annotation.Async;

/** Runs tasks as many applications do. */
class AsyncMethod {

    @Async
    void run(Runnable task) {
        task.run();
    }
}
