// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.LeakCheck;
import io.evenkeel.testing.ScriptedServer;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.springframework.web.client.RestClient;

/** An application that is started again and again in one JVM, as DevTools does: with a class loader for each start. */
class RestartTests {

    private static final int ROUNDS = 15;

    private static final AtomicInteger DONE = new AtomicInteger();

    @RegisterExtension
    final LeakCheck leaks = new LeakCheck();

    @Test
    void nothingIsLeftOfAnEarlierStart() throws Exception {
        ScriptedServer server = this.leaks.server(ScriptedServer.http().start());
        // What is made once, by the first start.
        startAndStop(server);
        int threads = threads();
        int files = openFiles();
        for (int i = 1; i < ROUNDS; i++) {
            startAndStop(server);
        }
        assertThat(DONE).hasValue(3 * ROUNDS);
        assertThat(server.requests()).hasSize(3 * ROUNDS);
        await("its threads have ended", () -> threads() <= threads);
        await("its sockets are closed", () -> openFiles() <= files);
    }

    private static void startAndStop(ScriptedServer server) throws Exception {
        ClassLoader loader = new RestartLoader();
        Class<?> type = loader.loadClass(Job.class.getName());
        assertThat(type).isNotSameAs(Job.class);
        Contexts.plain()
                .withClassLoader(loader)
                .withPropertyValues("spring.task.execution.pool.core-size=1")
                .run(context -> {
                    RestClient client = context.getBean(RestClient.class);
                    Runnable call = () -> {
                        client.get().uri(server.uri("/")).retrieve().toBodilessEntity();
                        DONE.incrementAndGet();
                    };
                    Runnable job = (Runnable)
                            type.getDeclaredConstructor(Runnable.class).newInstance(call);
                    for (int task = 0; task < 3; task++) {
                        context.getBean("applicationTaskExecutor", Executor.class)
                                .execute(job);
                    }
                    context.close();
                });
    }

    private static int threads() {
        return Thread.getAllStackTraces().size();
    }

    private static int openFiles() {
        String[] files = new File("/proc/self/fd").list();
        return (files != null) ? files.length : 0;
    }

    private static void await(String what, BooleanSupplier condition) throws InterruptedException {
        long start = System.nanoTime();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime() - start).as(what).isLessThan(10_000_000_000L);
            Thread.sleep(10);
        }
    }

    /** A class of the application. */
    public static final class Job implements Runnable {

        private final Runnable call;

        public Job(Runnable call) {
            this.call = call;
        }

        @Override
        public void run() {
            this.call.run();
        }
    }

    /** Loads classes of the application itself. */
    private static final class RestartLoader extends ClassLoader {

        RestartLoader() {
            super(RestartTests.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.equals(Job.class.getName())) {
                return super.loadClass(name, resolve);
            }
            Class<?> loaded = findLoadedClass(name);
            return (loaded != null) ? loaded : define(name);
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream in = getParent().getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] bytes = in.readAllBytes();
                return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException ex) {
                throw new ClassNotFoundException(name, ex);
            }
        }
    }
}
