// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;
import org.springframework.scheduling.concurrent.ThreadPoolTaskExecutor;

/** The sample without Evenkeel claims nothing that only holds with it. */
class SwitchedOffTests {

    @Test
    void saysWhatHoldsForTasksOnStock() {
        try (ServletWebServerApplicationContext application = (ServletWebServerApplicationContext)
                SpringApplication.run(SampleApplication.class, "--server.port=0", "--evenkeel.enabled=false")) {
            ThreadPoolTaskExecutor executor = application.containsBean("background")
                    ? application.getBean("background", ThreadPoolTaskExecutor.class)
                    : application.getBean("applicationTaskExecutor", ThreadPoolTaskExecutor.class);

            Browser.Answer answer = new Browser(application.getWebServer().getPort()).get("/experiments");

            assertThat(answer.json().get("backgroundThreads").asString())
                    .isEqualTo(executor.getCorePoolSize() + " threads");
            assertThat(answer.json().get("backgroundPatience").asString()).isEqualTo("30 s");
            assertThat(answer.json().get("sameAsStock").asBoolean()).isTrue();
        }
    }
}
