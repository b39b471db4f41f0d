// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.shutdown.process;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.SimpleAsyncTaskExecutor;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** Executors that an application declares itself; Spring Boot's own stays. */
class OwnExecutors {

    @Bean(name = Work.OWN, defaultCandidate = false)
    @ConditionalOnProperty("own-threads")
    ThreadPoolTaskExecutor pooled(@Value("${own-threads}") int threads) {
        ThreadPoolTaskExecutor executor = new ThreadPoolTaskExecutor();
        executor.setCorePoolSize(threads);
        return executor;
    }

    @Bean(name = Work.SIMPLE, defaultCandidate = false)
    SimpleAsyncTaskExecutor simple() {
        return new SimpleAsyncTaskExecutor("simple-");
    }
}
