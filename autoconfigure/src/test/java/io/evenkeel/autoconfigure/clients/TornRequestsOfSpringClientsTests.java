// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.boot.restclient.RestTemplateBuilder;
import org.springframework.core.io.InputStreamResource;
import org.springframework.http.HttpEntity;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.StreamingHttpOutputMessage;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.util.MultiValueMap;
import org.springframework.web.client.RestClient;

/** Whatever of Spring's produces the body of a request: if it breaks off, no server gets to see a whole one. */
class TornRequestsOfSpringClientsTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    /** Serialized, it is 20 KB and then an exception. */
    public static final class BrokenBean {

        public String getA() {
            return "x".repeat(20_000);
        }

        public String getZ() {
            throw new IllegalStateException("torn");
        }
    }

    enum Body {
        RESOURCE(new InputStreamResource(torn(10))),
        RESOURCE_OF_KNOWN_LENGTH(new InputStreamResource(torn(10)) {

            @Override
            public long contentLength() {
                return 10;
            }
        }),
        WRITER((StreamingHttpOutputMessage.Body) out -> {
            out.write(new byte[10]);
            out.flush();
            throw new IllegalStateException("torn");
        }),
        BEAN(new BrokenBean()),
        MAP(Map.of("a", new BrokenBean())),
        MULTIPART(parts());

        private final Object value;

        Body(Object value) {
            this.value = value;
        }

        private static InputStream torn(int bytes) {
            return new SequenceInputStream(new ByteArrayInputStream(new byte[bytes]), new InputStream() {

                @Override
                public int read() throws IOException {
                    throw new IOException("torn");
                }

                @Override
                public int read(byte[] buffer, int offset, int length) throws IOException {
                    throw new IOException("torn");
                }
            });
        }

        private static MultiValueMap<String, Object> parts() {
            MultiValueMap<String, Object> parts = new LinkedMultiValueMap<>();
            parts.add("first", "x");
            parts.add("second", new InputStreamResource(torn(20_000)) {

                @Override
                public String getFilename() {
                    return "file";
                }

                @Override
                public long contentLength() {
                    return -1;
                }
            });
            return parts;
        }

        private @Nullable MediaType type() {
            return switch (this) {
                case BEAN, MAP -> MediaType.APPLICATION_JSON;
                case MULTIPART -> MediaType.MULTIPART_FORM_DATA;
                default -> MediaType.APPLICATION_OCTET_STREAM;
            };
        }
    }

    @ParameterizedTest
    @EnumSource(Body.class)
    void restClientLeavesATorso(Body body) {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        Contexts.plain().run(context -> {
            RestClient client = context.getBean(RestClient.class);

            assertThat(catchThrowable(() -> {
                        RestClient.RequestBodySpec request =
                                client.put().uri(server.uri("/torn")).contentType(body.type());
                        if (body.value instanceof StreamingHttpOutputMessage.Body writer) {
                            request.body(writer::writeTo).retrieve().toBodilessEntity();
                        } else {
                            request.body(body.value).retrieve().toBodilessEntity();
                        }
                    }))
                    .isNotNull();

            assertTorn(server);
            client.put().uri(server.uri("/next")).body("x").retrieve().toBodilessEntity();
        });
    }

    @ParameterizedTest
    @EnumSource(value = Body.class, names = "WRITER", mode = EnumSource.Mode.EXCLUDE)
    void restTemplateLeavesATorso(Body body) {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        Contexts.plain().run(context -> {
            HttpHeaders headers = new HttpHeaders();
            headers.setContentType(body.type());
            Object value = (body == Body.RESOURCE || body == Body.RESOURCE_OF_KNOWN_LENGTH)
                    ? new InputStreamResource(Body.torn(10))
                    : body.value;

            assertThat(catchThrowable(() -> context.getBean(RestTemplateBuilder.class)
                            .build()
                            .exchange(
                                    server.uri("/torn"), HttpMethod.PUT, new HttpEntity<>(value, headers), Void.class)))
                    .isNotNull();

            assertTorn(server);
        });
    }

    private static void assertTorn(ScriptedServer server) {
        server.awaitConnectionsOpen(0, Duration.ofSeconds(5));
        assertThat(server.requests()).noneMatch(Request::complete);
        for (int i = 0; i < server.connectionsAccepted(); i++) {
            assertThat(new String(server.bytesReceived(i), StandardCharsets.ISO_8859_1))
                    .doesNotContain("\r\n0\r\n");
        }
    }
}
