// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.policy.PoolLimits;
import io.evenkeel.testing.CallSites;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.transport.pool.Housekeeper;
import io.evenkeel.transport.pool.PoolRig;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BinaryOperator;
import org.apache.hc.client5.http.auth.AuthScope;
import org.apache.hc.client5.http.auth.UsernamePasswordCredentials;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.impl.auth.BasicCredentialsProvider;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Whatever call on the way of a call throws an Error, from the taking of a place to its return: the place comes back, the
 * next calls work, and no connection is forgotten. There are some 1,200 to 2,700 calls on the way of a call; each eleventh
 * is tried, and with {@code -Dsites.step=1} each.
 */
class ThrownAnywhereTests {

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    enum Course {
        FRESH("/ok", false),
        KEPT("/ok", true),
        DEAD_ONE_SKIPPED("/bye", true),
        REPLAYED("/kept-reset", true),
        POST_LOST("/kept-reset", true),
        CHALLENGED("/login", true),
        REDIRECTED("/moved", true),
        CUT_OFF("/short", false),
        CHUNKED("/chunked", true),
        CLOSED_EARLY("/long", true),
        CLOSED_UNREAD("/chunked", true);

        private final String path;
        private final boolean kept;

        Course(String path, boolean kept) {
            this.path = path;
            this.kept = kept;
        }
    }

    private final AtomicLong pause = new AtomicLong();

    @ParameterizedTest
    @EnumSource(Course.class)
    void placeComesBackFromEachCall(Course course) throws Exception {
        placeComesBackFromEach(course, false);
    }

    @ParameterizedTest
    @EnumSource(names = {"FRESH", "KEPT", "CLOSED_EARLY"})
    void placeComesBackFromEachCallWithTls(Course course) throws Exception {
        placeComesBackFromEach(course, true);
    }

    private void placeComesBackFromEach(Course course, boolean secure) throws Exception {
        try (PathServer server = new PathServer(secure);
                CallSites sites = CallSites.hookedIn("io.evenkeel.transport", "io.evenkeel.policy")) {
            TestClient client = client(server);
            int step = Integer.getInteger("sites.step", 11);
            inPeace(client, server, course);
            // Another start for each, so that what they have in common is not hit in the same places only.
            int site = course.ordinal() % step;
            for (CallSites.Thrown thrown; ; site += step) {
                client.pools.closeIdle();
                if (course.kept) {
                    client.get(server.uri(course == Course.DEAD_ONE_SKIPPED ? "/bye" : "/ok"));
                }
                CallSites.Fuse fuse = sites.light(Thread.currentThread(), site);
                try {
                    call(client, server, course);
                } catch (Throwable ex) {
                    // Whatever becomes of this call, the next ones are the subject.
                } finally {
                    fuse.putOut();
                }
                thrown = fuse.thrown();
                if (thrown == null) {
                    break;
                }
                requireBothPlaces(client, server, thrown);
                requireNoneForgotten(server, thrown);
            }
            assertThat(site).as("calls on the way").isGreaterThan(1000);
        }
    }

    /** An Error in the initializer of a class, which is run at its first use, would break it for all that follows. */
    private static void inPeace(TestClient client, PathServer server, Course course) throws Exception {
        if (course.kept) {
            client.get(server.uri(course == Course.DEAD_ONE_SKIPPED ? "/bye" : "/ok"));
        }
        try {
            call(client, server, course);
        } catch (IOException ex) {
            // As its course is.
        }
    }

    @Test
    void callerInLineIsServedWhateverIsThrownAtTheOneThatGivesBack() throws Exception {
        inLine((giving, waiting) -> giving);
    }

    @Test
    void placeOfACallerInLineIsNotLostWhateverIsThrownAtIt() throws Exception {
        inLine((giving, waiting) -> waiting);
    }

    private void inLine(BinaryOperator<Thread> victim) throws Exception {
        try (PathServer server = new PathServer(false);
                CallSites sites = CallSites.hookedIn("io.evenkeel.transport", "io.evenkeel.policy")) {
            TestClient client = client(server);
            AtomicBoolean served = new AtomicBoolean();
            int step = Integer.getInteger("sites.step", 5);
            // The first round is in peace.
            for (int site = -step; ; site += step) {
                served.set(false);
                ClassicHttpResponse first = open(client, server.uri("/ok"));
                ClassicHttpResponse second = open(client, server.uri("/ok"));
                Thread waiting = new Thread(() -> {
                    try {
                        client.get(server.uri("/ok"));
                        served.set(true);
                    } catch (Throwable ex) {
                        // Told by what it did not set.
                    }
                });
                CallSites.Fuse fuse = sites.light(victim.apply(Thread.currentThread(), waiting), site);
                try {
                    waiting.start();
                    Eventually.eventually("it waits, or fails", () -> client.pending() == 1 || !waiting.isAlive());
                    EntityUtils.consume(first.getEntity());
                } catch (CallSites.Thrown ex) {
                    // As a caller may see it.
                } finally {
                    close(first);
                }
                waiting.join();
                fuse.putOut();
                close(second);
                CallSites.Thrown thrown = fuse.thrown();
                if (thrown == null || victim.apply(Thread.currentThread(), waiting) != waiting) {
                    assertThat(served).as("served, after %s", thrown).isTrue();
                }
                if (site < 0) {
                    continue;
                }
                if (thrown == null) {
                    assertThat(site).as("calls on the way").isGreaterThan(100);
                    return;
                }
                requireBothPlaces(client, server, thrown);
                requireNoneForgotten(server, thrown);
            }
        }
    }

    @Test
    void housekeepingGoesOnWhateverIsThrownAtIt() throws Exception {
        try (PathServer server = new PathServer(false);
                CallSites sites = CallSites.hookedIn("io.evenkeel.transport", "io.evenkeel.policy")) {
            TestClient client = client(server);
            client.get(server.uri("/ok"));
            closeWhatIsIdle(server, "in peace");
            for (int site = 0; site < 300; site += Integer.getInteger("sites.step", 60)) {
                client.get(server.uri("/ok"));
                Thread housekeeper = Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().equals(Housekeeper.THREAD_NAME))
                        .findAny()
                        .orElseThrow();
                CallSites.Fuse fuse = sites.light(housekeeper, site);
                Eventually.eventually("the site is reached", () -> fuse.thrown() != null);
                closeWhatIsIdle(server, "after " + fuse.thrown());
                fuse.putOut();
                requireBothPlaces(client, server, fuse.thrown());
            }
        }
    }

    private void closeWhatIsIdle(PathServer server, String when) throws InterruptedException {
        // The idle timeout is over at once for the clock of the client.
        this.pause.addAndGet(TimeUnit.SECONDS.toNanos(5));
        Eventually.eventually("what is idle is closed " + when, () -> server.open() == 0);
    }

    private TestClient client(PathServer server) {
        this.leaks.port(server.port());
        BasicCredentialsProvider credentials = new BasicCredentialsProvider();
        credentials.setCredentials(new AuthScope(null, -1), new UsernamePasswordCredentials("u", "p".toCharArray()));
        PoolLimits defaults = PoolRig.LIMITS;
        PoolLimits limits = new PoolLimits(
                1,
                1,
                defaults.overflowLinger(),
                defaults.maxIdle(),
                Duration.ofSeconds(3),
                defaults.idleTimeout(),
                defaults.maxIdleTimeout(),
                false,
                defaults.maxLifetime());
        return TestClient.with(
                this.leaks,
                settings -> settings.limits(limits)
                        .ticker(() -> System.nanoTime() + this.pause.get())
                        .customizer(builder -> builder.setDefaultCredentialsProvider(credentials)));
    }

    private static ClassicHttpResponse open(TestClient client, URI uri) throws IOException {
        return client.http().executeOpen(null, new HttpGet(uri), null);
    }

    private static void close(ClassicHttpResponse response) throws IOException {
        try {
            response.close();
        } catch (CallSites.Thrown ex) {
            // As a caller may see it.
        }
    }

    private static void call(TestClient client, PathServer server, Course course) throws Exception {
        HttpUriRequestBase request = (course == Course.POST_LOST)
                ? new HttpPost(server.uri(course.path))
                : new HttpGet(server.uri(course.path));
        if (course == Course.POST_LOST) {
            request.setEntity(new StringEntity("hello", StandardCharsets.UTF_8));
        }
        try (ClassicHttpResponse response = client.http().executeOpen(null, request, null)) {
            switch (course) {
                case CLOSED_EARLY -> response.getEntity().getContent().read();
                case CLOSED_UNREAD -> {}
                default -> EntityUtils.toString(response.getEntity());
            }
        }
    }

    /** Both at the same time, since one would do with the other's place; at once, which no caller in line is. */
    private static void requireBothPlaces(TestClient client, PathServer server, CallSites.Thrown thrown) {
        try (ClassicHttpResponse one = open(client, server.uri("/ok"));
                ClassicHttpResponse other = open(client, server.uri("/ok"))) {
            assertThat(EntityUtils.toString(one.getEntity())).isEqualTo("ok");
            assertThat(EntityUtils.toString(other.getEntity())).isEqualTo("ok");
            assertThat(client.active()).isZero();
        } catch (Exception | AssertionError ex) {
            ex.addSuppressed(thrown);
            throw new AssertionError("The place did not come back", ex);
        }
    }

    private static void requireNoneForgotten(PathServer server, CallSites.Thrown thrown) throws InterruptedException {
        Eventually.eventually("no connection is forgotten after " + thrown, () -> server.open() <= 2);
    }
}
