// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure;

import static io.evenkeel.testing.Answer.ok;
import static io.evenkeel.testing.Answer.raw;
import static io.evenkeel.testing.Answer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import io.evenkeel.testing.Answer;
import io.evenkeel.testing.Effect;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.Moment;
import io.evenkeel.testing.Ports;
import io.evenkeel.testing.Request;
import io.evenkeel.testing.ScriptedServer;
import io.evenkeel.testing.ServerScript;
import io.evenkeel.testing.TestTls;
import io.micrometer.common.KeyValue;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationFilter;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.http.client.ClientHttpRequestFactoryBuilder;
import org.springframework.boot.http.client.HttpClientSettings;
import org.springframework.boot.http.client.InetAddressFilter;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.export.simple.SimpleMetricsExportAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ApplicationContext;
import org.springframework.web.client.RestClient;

/** Whatever happens to a call, what is secret of it is not told: not to logs, exceptions, meters or descriptions. */
@ExtendWith(OutputCaptureExtension.class)
class SecretsTests {

    /** Each secret has its own, so that a leak names its source; all begin alike, so that one search finds all. */
    private static final String CANARY = "canary";

    private static final String TRUST_STORE_PASSWORD = CANARY + "-trust-store-password";

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @TempDir
    Path directory;

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Logger ours = (Logger) LoggerFactory.getLogger("io.evenkeel");
    private final ListAppender<ILoggingEvent> log = new ListAppender<>();
    private final Map<String, Throwable> thrown = new LinkedHashMap<>();
    private Level before;

    @BeforeEach
    void listen() {
        this.log.list = new CopyOnWriteArrayList<>();
        this.log.start();
        this.before = this.root.getLevel();
        this.root.setLevel(Level.INFO);
        this.root.addAppender(this.log);
        this.ours.setLevel(Level.TRACE);
    }

    @AfterEach
    void stopListening() {
        this.root.detachAppender(this.log);
        this.root.setLevel(this.before);
        this.ours.setLevel(null);
    }

    private String trustStore() throws Exception {
        Path store = this.directory.resolve("trust.p12");
        try (OutputStream out = Files.newOutputStream(store)) {
            TestTls.trustStore().store(out, TRUST_STORE_PASSWORD.toCharArray());
        }
        return "file:" + store;
    }

    private static Answer secretAnswer(Answer answer) {
        return answer.header("Set-Cookie", "session=canary-response-cookie")
                .header("X-Token", "canary-response-header")
                .body("canary-response-body");
    }

    private static Answer redirect(int status, String location) {
        return secretAnswer(status(status)).header("Location", location);
    }

    private ScriptedServer start(ServerScript script) {
        return this.leaks.server(script.start());
    }

    private void call(RestClient client, String name, String method, URI base) {
        try {
            client.method(org.springframework.http.HttpMethod.valueOf(method))
                    .uri(base + (base.toString().contains("?") ? "&" : "?") + "token={t}", "canary-query")
                    .header("Authorization", "Bearer canary-bearer")
                    .header("X-Api-Key", "canary-header")
                    .cookie("session", "canary-cookie")
                    .body("canary-body")
                    .retrieve()
                    .body(String.class);
        } catch (RuntimeException ex) {
            this.thrown.put(name, ex);
        }
    }

    private void everythingThatMayHappen(ApplicationContext context) throws Exception {
        RestClient client = context.getBean(RestClient.class);
        ScriptedServer fine = start(ScriptedServer.http().byDefault(secretAnswer(ok(""))));
        ScriptedServer secure = start(ScriptedServer.https().byDefault(secretAnswer(ok(""))));
        ScriptedServer untrusted = start(ScriptedServer.https().identity(TestTls.Identity.SELF_SIGNED));
        ScriptedServer breaking = start(ScriptedServer.http()
                .byDefault(secretAnswer(ok("")))
                .onConnection(0, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin()))
                .onConnection(1, script -> script.request(0).request(1).at(Moment.REQUEST_BODY, Effect.fin())));
        ScriptedServer bad = start(ScriptedServer.http().byDefault(SecretsTests::badAnswer));
        ScriptedServer redirecting =
                start(ScriptedServer.http().byDefault(request -> redirecting(request, fine.uri("/"))));
        ScriptedServer down =
                start(ScriptedServer.https().byDefault(redirect(302, fine.uri("/?t=canary-location") + "")));
        int closed = Ports.refusing(this.leaks);

        for (String method : List.of("GET", "POST")) {
            call(client, "success", method, fine.uri("/"));
            call(client, "success with TLS", method, secure.uri("/"));
            call(client, "untrusted " + method, method, untrusted.uri("/"));
            call(client, "refused " + method, method, URI.create("http://127.0.0.1:" + closed + "/"));
            call(client, "unknown " + method, method, URI.create("http://no-such-host.invalid/"));
            call(client, "downgrade", method, down.uri("/"));
            for (String path : List.of("circle", "endless", "file", "user", "backslash", "crossing", "uri", "long")) {
                call(client, path + " " + method, method, redirecting.uri("/" + path));
            }
            for (String path :
                    List.of("head", "cut", "garbage", "coding", "unknown-coding", "huge", "status", "silent")) {
                call(client, path + " " + method, method, bad.uri("/" + path));
            }
        }
        // A request of either kind meets a connection that breaks.
        for (String method : List.of("GET", "GET", "POST", "GET", "POST")) {
            call(client, "lost " + method, method, breaking.uri("/"));
        }
        call(
                client,
                "user info",
                "GET",
                URI.create(fine.uri("/").toString().replace("//", "//user:canary-user-info@")));
        context.getBean(RestClient.Builder.class)
                .build()
                .get()
                .uri(fine.uri("/"))
                .headers(headers -> headers.set("X-Name", "canary-bad-header\r\n"))
                .exchange((request, response) -> "")
                .toString();
    }

    private static Answer badAnswer(Request request) {
        return switch (request.target().replaceAll("\\?.*", "")) {
            case "/head" -> raw("HTTP/1.1 200 OK\r\nX: canary-response-head\r\nno colon canary-response-line\r\n\r\n");
            case "/cut" ->
                raw("HTTP/1.1 200 OK\r\nContent-Length: 99\r\nConnection: close\r\n\r\ncanary-response-part");
            case "/garbage" -> raw("canary-response-garbage\r\n\r\n");
            case "/coding" -> secretAnswer(ok("")).header("Content-Encoding", "gzip");
            case "/unknown-coding" -> secretAnswer(ok("")).header("Content-Encoding", "canary of a coding");
            case "/huge" -> secretAnswer(ok("")).header("X-Huge", CANARY.repeat(20_000));
            case "/silent" -> raw("");
            default -> secretAnswer(status(503));
        };
    }

    private static Answer redirecting(Request request, URI other) {
        String path = request.target().replaceAll("\\?.*", "");
        return switch (path) {
            case "/circle" -> redirect(307, "/circle?t=canary-location");
            case "/endless" -> redirect(307, request.target() + "canary-location");
            case "/file" -> redirect(302, "file:///canary-location");
            case "/user" -> redirect(302, "http://user:canary-location@127.0.0.1/");
            case "/backslash" -> redirect(302, "/\\canary-location");
            case "/crossing" -> redirect(307, other + "?t=canary-location");
            case "/uri" -> redirect(302, "//[canary-location");
            default -> redirect(302, "/" + CANARY.repeat(2_000));
        };
    }

    private static String printed(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString();
    }

    private String logged() {
        return this.log.list.stream()
                .map(event -> event.getLevel() + " " + event.getLoggerName() + " " + event.getFormattedMessage()
                        + ((event.getThrowableProxy() != null)
                                ? ThrowableProxyUtil.asString(event.getThrowableProxy())
                                : ""))
                .collect(Collectors.joining("\n"));
    }

    private static String meters(ApplicationContext context) {
        return context.getBean(MeterRegistry.class).getMeters().stream()
                .map(meter -> meter.getId().toString())
                .collect(Collectors.joining("\n"));
    }

    private static String descriptions(ApplicationContext context) {
        return context.getBeansOfType(Object.class).values().stream()
                .filter(bean -> bean.getClass().getName().startsWith("io.evenkeel"))
                .map(bean -> bean.getClass() + " " + bean)
                .collect(Collectors.joining("\n"));
    }

    @Test
    void nothingThatIsSecretIsTold(CapturedOutput output) throws Exception {
        Contexts.plain()
                .withConfiguration(AutoConfigurations.of(
                        MetricsAutoConfiguration.class,
                        SimpleMetricsExportAutoConfiguration.class,
                        CompositeMeterRegistryAutoConfiguration.class,
                        EvenkeelMetricsAutoConfiguration.class))
                .withPropertyValues(
                        "spring.http.clients.ssl.bundle=secret",
                        "spring.http.clients.read-timeout=1s",
                        "spring.ssl.bundle.jks.secret.truststore.location=" + trustStore(),
                        "spring.ssl.bundle.jks.secret.truststore.type=PKCS12",
                        "spring.ssl.bundle.jks.secret.truststore.password=" + TRUST_STORE_PASSWORD)
                .run(context -> {
                    try {
                        everythingThatMayHappen(context);
                    } catch (IllegalArgumentException ex) {
                        this.thrown.put("header", ex);
                    }

                    // What was to happen did, and was told.
                    assertThat(this.thrown.keySet())
                            .contains(
                                    "untrusted GET",
                                    "refused POST",
                                    "unknown GET",
                                    "circle GET",
                                    "file GET",
                                    "user GET",
                                    "backslash GET",
                                    "uri GET",
                                    "long GET",
                                    "head GET",
                                    "cut GET",
                                    "garbage POST",
                                    "coding GET",
                                    "huge GET",
                                    "status GET",
                                    "lost POST",
                                    "user info",
                                    "header");
                    assertThat(logged())
                            .contains(
                                    "sent again on a fresh connection",
                                    "not followed",
                                    "ignores the cookies",
                                    "its Content-Encoding (18 characters)");
                    assertThat(meters(context)).contains("evenkeel.failures", "evenkeel.connections.acquire");
                    assertThat(descriptions(context)).contains("EvenkeelProperties", "EvenkeelRequestFactoryBuilder");

                    assertThat(logged()).doesNotContain(CANARY);
                    assertThat(meters(context)).doesNotContain(CANARY);
                    assertThat(descriptions(context)).doesNotContain(CANARY);
                    this.thrown.forEach((name, ex) -> {
                        for (Throwable part = withoutSpring(ex); part != null; part = part.getCause()) {
                            assertThat(part.toString()).as(name).doesNotContain(CANARY);
                            for (Throwable suppressed : part.getSuppressed()) {
                                assertThat(printed(suppressed)).as(name).doesNotContain(CANARY);
                            }
                        }
                    });
                });
        assertThat(output).doesNotContain(CANARY);
    }

    /** Spring's own exceptions repeat the URI without its query, and bodies of error answers. */
    private static Throwable withoutSpring(Throwable thrown) {
        Throwable current = thrown;
        while (current != null && current.getClass().getName().startsWith("org.springframework")) {
            current = current.getCause();
        }
        return current;
    }

    @Test
    void aWrongPasswordOfATrustStoreIsNotTold(CapturedOutput output) throws Exception {
        Contexts.plain()
                .withPropertyValues(
                        "spring.http.clients.ssl.bundle=secret",
                        "spring.ssl.bundle.jks.secret.truststore.location=" + trustStore(),
                        "spring.ssl.bundle.jks.secret.truststore.type=PKCS12",
                        "spring.ssl.bundle.jks.secret.truststore.password=canary-wrong")
                .run(context -> {
                    Throwable failure = catchThrowable(() -> context.getBean(RestClient.class));
                    assertThat(printed(failure)).contains("trust.p12").doesNotContain(CANARY);
                });
        assertThat(output).doesNotContain(CANARY);
    }

    @Test
    void aRejectedAddressIsToldWithoutWhatWasToBeSentThere() {
        Contexts.plain()
                .withBean(InetAddressFilter.class, () -> address -> !address.isLoopbackAddress())
                .run(context -> {
                    call(context.getBean(RestClient.class), "filtered", "POST", URI.create("http://127.0.0.1/"));

                    assertThat(printed(this.thrown.get("filtered")))
                            .contains("CallRejectedException")
                            .doesNotContain(CANARY);
                    assertThat(logged()).doesNotContain(CANARY);
                });
    }

    /** Spring's default convention, which is the application's to change: the documentation says how. */
    @Test
    void aQueryIsPartOfAnObservationUntilTheDocumentedFilterRemovesIt() {
        ScriptedServer server = start(ScriptedServer.http());
        List<String> urls = new ArrayList<>();
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new ObservationHandler<Observation.Context>() {

            @Override
            public void onStop(Observation.Context context) {
                urls.add(context.getHighCardinalityKeyValue("http.url").getValue());
            }

            @Override
            public boolean supportsContext(Observation.Context context) {
                return true;
            }
        });
        Contexts.plain().run(context -> {
            RestClient client = RestClient.builder()
                    .requestFactory(context.getBean(ClientHttpRequestFactoryBuilder.class)
                            .build(HttpClientSettings.defaults()))
                    .observationRegistry(registry)
                    .build();
            call(client, "before", "GET", server.uri("/path"));
            registry.observationConfig().observationFilter(withoutQueries());
            call(client, "after", "GET", server.uri("/path"));
        });

        assertThat(urls).containsExactly(server.uri("/path?token=canary-query").toString(), server.uri("/path") + "");
    }

    private static ObservationFilter withoutQueries() {
        return context -> {
            KeyValue url = context.getHighCardinalityKeyValue("http.url");
            return (url == null)
                    ? context
                    : context.addHighCardinalityKeyValue(
                            KeyValue.of("http.url", url.getValue().replaceAll("\\?.*", "")));
        };
    }
}
