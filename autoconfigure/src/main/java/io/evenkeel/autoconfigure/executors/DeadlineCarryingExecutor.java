// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.executors;

import io.evenkeel.deadline.Deadlines;
import org.springframework.core.task.TaskDecorator;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** An executor whose tasks keep the deadline within which they were submitted, besides what decorators of the application do. */
final class DeadlineCarryingExecutor extends ThreadPoolTaskExecutor {

    private static final long serialVersionUID = 1L;

    DeadlineCarryingExecutor() {
        super.setTaskDecorator(Deadlines::carry);
    }

    @Override
    public void setTaskDecorator(TaskDecorator taskDecorator) {
        super.setTaskDecorator(task -> Deadlines.carry(taskDecorator.decorate(task)));
    }
}
