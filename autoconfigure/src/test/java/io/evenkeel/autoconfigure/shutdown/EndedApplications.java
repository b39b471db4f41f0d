// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.shutdown;

import io.evenkeel.autoconfigure.Contexts;
import io.evenkeel.testing.ScriptedServer;
import java.io.File;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/**
 * A JVM in which applications start and end, each with all its libraries in a class loader of its own, as in an
 * application server. It prints what is left of them. To be run with {@code -XX:SoftRefLRUPolicyMSPerMB=0}, so that what
 * is only held softly goes, too.
 */
final class EndedApplications {

    private EndedApplications() {}

    public static void main(String[] args) throws Exception {
        try (ScriptedServer http = ScriptedServer.http().start();
                ScriptedServer https = ScriptedServer.https().start()) {
            for (String kind : args) {
                List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
                for (int i = 0; i < 2; i++) {
                    loaders.add(startAndEnd(
                            kind, http.uri("/").toString(), https.uri("/").toString()));
                }
                System.out.println(kind + ": " + left(loaders) + " left");
            }
        }
    }

    private static WeakReference<ClassLoader> startAndEnd(String kind, String http, String https) throws Exception {
        URLClassLoader loader = new URLClassLoader(classPath(), ClassLoader.getPlatformClassLoader());
        Thread thread = Thread.currentThread();
        ClassLoader before = thread.getContextClassLoader();
        thread.setContextClassLoader(loader);
        try (loader) {
            loader.loadClass(Application.class.getName())
                    .getMethod("run", String.class, String.class, String.class)
                    .invoke(null, kind, http, https);
        } finally {
            thread.setContextClassLoader(before);
        }
        return new WeakReference<>(loader);
    }

    private static URL[] classPath() throws IOException {
        List<URL> urls = new ArrayList<>();
        for (String element : System.getProperty("java.class.path").split(File.pathSeparator)) {
            urls.add(Path.of(element).toUri().toURL());
        }
        return urls.toArray(URL[]::new);
    }

    private static long left(List<WeakReference<ClassLoader>> loaders) throws InterruptedException {
        long left = loaders.size();
        for (int look = 0; look < 100 && left > 0; look++) {
            System.gc();
            TimeUnit.MILLISECONDS.sleep(50);
            left = loaders.stream().filter(loader -> loader.get() != null).count();
        }
        return left;
    }

    /** Runs in the class loader of the application. */
    public static final class Application {

        private Application() {}

        public static void run(String kind, String http, String https) {
            switch (kind) {
                case "idle" -> context().run(context -> context.getBean(RestClient.class));
                case "calls" -> context().run(context -> call(context.getBean(RestClient.class), http));
                case "failed-handshakes" ->
                    context().run(context -> callInVain(context.getBean(RestClient.class), https));
                case "named-clients" ->
                    context()
                            .withPropertyValues("evenkeel.clients.payments.base-url=" + http)
                            .run(context -> call(context.getBean("paymentsRestClient", RestClient.class), "/"));
                case "executors" ->
                    context().run(context -> {
                        RestClient client = context.getBean(RestClient.class);
                        FutureTask<Void> task = new FutureTask<>(() -> call(client, http), null);
                        context.getBean("applicationTaskExecutor", Executor.class)
                                .execute(task);
                        await(task);
                    });
                case "several-contexts" ->
                    context().run(one -> {
                        call(one.getBean(RestClient.class), http);
                        context().run(other -> call(other.getBean(RestClient.class), http));
                        call(one.getBean(RestClient.class), http);
                    });
                case "failed-start" ->
                    context().withPropertyValues("evenkeel.pool.max-size=-1").run(context -> {
                        if (context.getStartupFailure() == null) {
                            throw new IllegalStateException("It did start");
                        }
                    });
                default -> throw new IllegalArgumentException(kind);
            }
        }

        private static ApplicationContextRunner context() {
            return Contexts.plain();
        }

        private static void call(RestClient client, String uri) {
            for (int i = 0; i < 3; i++) {
                client.get().uri(uri).retrieve().toBodilessEntity();
            }
        }

        private static void callInVain(RestClient client, String uri) {
            try {
                call(client, uri);
                throw new IllegalStateException("Who trusts that server?");
            } catch (ResourceAccessException ex) {
                // Its certificate is not trusted.
            }
        }

        private static void await(Future<?> task) throws Exception {
            task.get(10, TimeUnit.SECONDS);
        }
    }
}
