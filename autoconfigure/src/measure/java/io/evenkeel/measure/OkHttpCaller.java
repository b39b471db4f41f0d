// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import io.evenkeel.testing.TestTls;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.reflect.Method;
import java.security.GeneralSecurityException;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.springframework.util.ClassUtils;

/**
 * OkHttp, where it is on the class path: by method handles, since Kotlin is not to be on the class path of every test.
 */
final class OkHttpCaller implements Caller {

    private static final String PACKAGE = "okhttp3.";

    private final Object client;
    private final Object request;
    private final boolean stream;
    private final MethodHandle newCall;
    private final MethodHandle execute;
    private final MethodHandle body;
    private final MethodHandle read;
    private final MethodHandle close;

    OkHttpCaller(Exchanged exchanged, String url) throws ReflectiveOperationException, GeneralSecurityException {
        this.stream = exchanged == Exchanged.STREAM;
        this.client = client();
        this.request = request(exchanged, url);
        this.newCall = handle("OkHttpClient", "newCall", Object.class, type("Request"));
        this.execute = handle("Call", "execute", Object.class);
        this.body = handle("Response", "body", Object.class);
        this.read = this.stream
                ? handle("ResponseBody", "byteStream", InputStream.class)
                : handle("ResponseBody", "bytes", byte[].class);
        this.close = handle("ResponseBody", "close", void.class);
    }

    static boolean isPresent() {
        return ClassUtils.isPresent(PACKAGE + "OkHttpClient", OkHttpCaller.class.getClassLoader());
    }

    @Override
    public int call() throws IOException {
        try {
            Object call = this.newCall.invokeExact(this.client, this.request);
            Object response = this.execute.invokeExact(call);
            Object answer = this.body.invokeExact(response);
            int read = this.stream
                    ? Caller.drain((InputStream) this.read.invokeExact(answer))
                    : ((byte[]) this.read.invokeExact(answer)).length;
            this.close.invokeExact(answer);
            return read;
        } catch (IOException | RuntimeException | Error ex) {
            throw ex;
        } catch (Throwable ex) {
            throw new IllegalStateException(ex);
        }
    }

    private static Object client() throws ReflectiveOperationException, GeneralSecurityException {
        Class<?> builderType = type("OkHttpClient$Builder");
        Object builder = builderType.getConstructor().newInstance();
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(TestTls.trustStore());
        builderType
                .getMethod("sslSocketFactory", SSLSocketFactory.class, X509TrustManager.class)
                .invoke(builder, TestTls.clientContext().getSocketFactory(), trust.getTrustManagers()[0]);
        builderType.getMethod("readTimeout", long.class, TimeUnit.class).invoke(builder, 30L, TimeUnit.SECONDS);
        Object pool = type("ConnectionPool")
                .getConstructor(int.class, long.class, TimeUnit.class)
                .newInstance(200, 5L, TimeUnit.MINUTES);
        builderType.getMethod("connectionPool", type("ConnectionPool")).invoke(builder, pool);
        return builderType.getMethod("build").invoke(builder);
    }

    private static Object request(Exchanged exchanged, String url) throws ReflectiveOperationException {
        Class<?> builderType = type("Request$Builder");
        Object builder = builderType.getConstructor().newInstance();
        builderType.getMethod("url", String.class).invoke(builder, url);
        if (exchanged == Exchanged.UPLOAD) {
            Method create = type("RequestBody").getMethod("create", type("MediaType"), byte[].class);
            Object mediaType = type("MediaType").getMethod("get", String.class).invoke(null, exchanged.contentType());
            builderType
                    .getMethod("post", type("RequestBody"))
                    .invoke(builder, create.invoke(null, mediaType, Exchanged.SENT));
        }
        return builderType.getMethod("build").invoke(builder);
    }

    private static Class<?> type(String name) throws ClassNotFoundException {
        return Class.forName(PACKAGE + name);
    }

    private static MethodHandle handle(String type, String method, Class<?> returned, Class<?>... parameters)
            throws ReflectiveOperationException {
        MethodHandle handle = MethodHandles.publicLookup().unreflect(type(type).getMethod(method, parameters));
        return handle.asType(handle.type().generic().changeReturnType(returned));
    }
}
