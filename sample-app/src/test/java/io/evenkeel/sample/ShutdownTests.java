// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.sample.upstream.JettyUpstream;
import io.evenkeel.sample.upstream.Side;
import io.evenkeel.sample.upstream.Tally;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.web.server.servlet.context.ServletWebServerApplicationContext;

/** What Ctrl-C does. One thread, as there the stock executor loses all tasks but the first. */
class ShutdownTests {

    @Test
    void allTasksThatWereAcceptedAreDoneAndHaveCalledTheServerWhenTheContextHasClosed() {
        Tally server;
        try (ServletWebServerApplicationContext application = start()) {
            Browser browser = new Browser(application.getWebServer().getPort());
            server = application.getBean(JettyUpstream.class).tally(Side.EVENKEEL);

            Browser.Answer answer = browser.post("/experiments/background?tasks=4&seconds=1");

            assertThat(answer.status()).isEqualTo(202);
            assertThat(server.counts().posts()).isZero();
        }
        assertThat(server.counts().distinctPosts()).isEqualTo(4);
    }

    private static ServletWebServerApplicationContext start() {
        return (ServletWebServerApplicationContext) SpringApplication.run(
                SampleApplication.class, "--server.port=0", "--evenkeel.executors.background.pool.core-size=1");
    }
}
