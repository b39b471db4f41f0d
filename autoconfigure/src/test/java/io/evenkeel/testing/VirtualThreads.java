// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;

/** Virtual threads, where the JDK has them. */
public final class VirtualThreads {

    private static final long MOST_SECONDS = 60;

    private VirtualThreads() {}

    public static boolean arePossible() {
        return Runtime.version().feature() >= 21;
    }

    /** {@return what the work returns, on a virtual or on this thread} */
    public static <T> T run(boolean virtual, Callable<T> work) throws Exception {
        if (!virtual) {
            return work.call();
        }
        FutureTask<T> task = new FutureTask<>(work);
        factory().newThread(task).start();
        try {
            return task.get(MOST_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException ex) {
            if (ex.getCause() instanceof Error error) {
                throw error;
            }
            throw (ex.getCause() instanceof Exception cause) ? cause : ex;
        }
    }

    private static ThreadFactory factory() throws ReflectiveOperationException {
        Object builder = Thread.class.getMethod("ofVirtual").invoke(null);
        return (ThreadFactory)
                Class.forName("java.lang.Thread$Builder").getMethod("factory").invoke(builder);
    }
}
