// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.testing.Answer;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.apache.hc.client5.http.HttpRequestRetryStrategy;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpRequest;
import org.apache.hc.core5.http.HttpResponse;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.util.TimeValue;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An Error in the code of a caller ends its call and nothing else. The pools are strict: one lost place is the end. */
class ErrorsOfCallersTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    enum Kind {
        ASSERTION(() -> new AssertionError("the caller's own")),
        STACK(() -> new StackOverflowError("the caller's own")),
        MEMORY(() -> new OutOfMemoryError("the caller's own"));

        private final Supplier<Error> error;

        Kind(Supplier<Error> error) {
            this.error = error;
        }
    }

    private final ScriptedServer server =
            ScriptedServer.http().byDefault(Answer.ok("ok")).start();
    private final AtomicBoolean armed = new AtomicBoolean();

    @ParameterizedTest
    @EnumSource
    void inARequestInterceptor(Kind kind) throws Exception {
        survives(kind, builder -> builder.addRequestInterceptorLast((request, entity, context) -> fire(kind)));
    }

    @ParameterizedTest
    @EnumSource
    void inAResponseInterceptor(Kind kind) throws Exception {
        survives(kind, builder -> builder.addResponseInterceptorFirst((response, entity, context) -> fire(kind)));
    }

    @ParameterizedTest
    @EnumSource
    void inARetryStrategy(Kind kind) throws Exception {
        survives(kind, builder -> builder.setRetryStrategy(new FailingStrategy(() -> fire(kind))));
    }

    @ParameterizedTest
    @EnumSource
    void inTheWriterOfABody(Kind kind) throws Exception {
        TestClient client = client(builder -> {});
        client.get(this.server.uri("/"));
        this.armed.set(true);

        Throwable thrown = catchThrowable(() -> client.send(
                "PUT",
                this.server.uri("/"),
                new EntityTemplate(10, ContentType.TEXT_PLAIN, null, (OutputStream out) -> fire(kind))));

        lives(client, kind, thrown);
    }

    @ParameterizedTest
    @EnumSource
    void inAResponseHandler(Kind kind) throws Exception {
        TestClient client = client(builder -> {});
        client.get(this.server.uri("/"));
        this.armed.set(true);

        Throwable thrown = catchThrowable(() -> client.http().execute(new HttpGet(this.server.uri("/")), response -> {
            fire(kind);
            return null;
        }));

        lives(client, kind, thrown);
    }

    private void survives(Kind kind, Consumer<HttpClientBuilder> customizer) throws Exception {
        TestClient client = client(customizer);
        client.get(this.server.uri("/"));
        this.armed.set(true);

        Throwable thrown = catchThrowable(() -> client.get(this.server.uri("/")));

        lives(client, kind, thrown);
    }

    private void lives(TestClient client, Kind kind, Throwable thrown) throws IOException {
        assertThat(thrown).isInstanceOf(kind.error.get().getClass()).hasMessage("the caller's own");
        assertThat(client.active()).isZero();
        for (int i = 0; i < 3; i++) {
            assertThat(client.get(this.server.uri("/")).status()).isEqualTo(200);
        }
    }

    private void fire(Kind kind) {
        if (this.armed.compareAndSet(true, false)) {
            throw kind.error.get();
        }
    }

    private TestClient client(Consumer<HttpClientBuilder> customizer) {
        this.leaks.server(this.server);
        return TestClient.with(this.leaks, settings -> settings.limits(1, 0).customizer(customizer));
    }

    private record FailingStrategy(Runnable failure) implements HttpRequestRetryStrategy {

        @Override
        public boolean retryRequest(HttpRequest request, IOException exception, int count, HttpContext context) {
            this.failure.run();
            return false;
        }

        @Override
        public boolean retryRequest(HttpResponse response, int count, HttpContext context) {
            this.failure.run();
            return false;
        }

        @Override
        public TimeValue getRetryInterval(HttpResponse response, int count, HttpContext context) {
            return TimeValue.ZERO_MILLISECONDS;
        }
    }
}
