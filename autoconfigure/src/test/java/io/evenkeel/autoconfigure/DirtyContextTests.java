// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.testing.ScriptedServer;
import org.junit.jupiter.api.RepeatedTest;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.web.client.RestClient;

/** The context is closed behind each repetition, and the next one made anew in the same JVM. */
@SpringBootTest(
        classes = DirtyContextTests.Application.class,
        webEnvironment = WebEnvironment.NONE,
        properties = "evenkeel.clients.shop.connect-timeout=2s")
@DirtiesContext(classMode = DirtiesContext.ClassMode.AFTER_EACH_TEST_METHOD)
class DirtyContextTests {

    @RepeatedTest(3)
    void clientsCallInEach(@Autowired RestClient any, @Autowired @Qualifier("shop") RestClient shop) throws Exception {
        try (ScriptedServer server = ScriptedServer.http().start()) {
            any.get().uri(server.uri("/any")).retrieve().toBodilessEntity();
            shop.get().uri(server.uri("/shop")).retrieve().toBodilessEntity();

            assertThat(server.requests()).hasSize(2);
        }
    }

    @SpringBootConfiguration
    @EnableAutoConfiguration
    static class Application {}
}
