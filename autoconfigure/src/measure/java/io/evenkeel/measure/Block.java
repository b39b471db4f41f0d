// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;

/**
 * What a block of calls cost, per call.
 *
 * @param micros of one call: the median with one thread, with several the time of the block by its calls
 * @param cpuMicros of the whole process
 * @param bytes that the calling thread allocated; with several threads 0, as they are not known
 */
record Block(double micros, double cpuMicros, double bytes) {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** One after the other, on this thread. */
    static Block run(Caller caller, int calls) throws IOException {
        double[] micros = new double[calls];
        long thread = Thread.currentThread().getId();
        long cpu = SYSTEM.getProcessCpuTime();
        long allocated = THREADS.getThreadAllocatedBytes(thread);
        for (int i = 0; i < calls; i++) {
            long begin = System.nanoTime();
            caller.call();
            micros[i] = (System.nanoTime() - begin) / 1e3;
        }
        double bytes = THREADS.getThreadAllocatedBytes(thread) - allocated;
        double spent = (SYSTEM.getProcessCpuTime() - cpu) / 1e3;
        return new Block(quantile(micros, 0.5), spent / calls, bytes / calls);
    }

    /** By several threads, which share the calls. */
    static Block run(Caller caller, int calls, int threads, ExecutorService executor) throws IOException {
        long cpu = SYSTEM.getProcessCpuTime();
        long begin = System.nanoTime();
        List<Future<?>> all = new ArrayList<>();
        for (int i = 0; i < threads; i++) {
            all.add(executor.submit(() -> {
                for (int call = 0; call < calls / threads; call++) {
                    caller.call();
                }
                return null;
            }));
        }
        try {
            for (Future<?> each : all) {
                each.get();
            }
        } catch (InterruptedException | ExecutionException ex) {
            throw new IOException(ex);
        }
        double micros = (System.nanoTime() - begin) / 1e3;
        return new Block(micros / calls, (SYSTEM.getProcessCpuTime() - cpu) / 1e3 / calls, 0);
    }

    static double quantile(double[] values, double share) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        return sorted[(int) Math.round(share * (sorted.length - 1))];
    }
}
