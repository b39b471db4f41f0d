// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.autoconfigure.properties;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.runtime.ObjectMethods;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What JDK 17 keeps of records. The first {@code equals} or {@code hashCode} of a record type leaves that type in the cache
 * of a method handle of {@link ObjectMethods}, which holds one type until it gets the next: with it the class loader of an
 * application that has ended stays reachable. Those of the JDKs after it hold it softly.
 */
public final class RecordTypes {

    private static final Logger log = LoggerFactory.getLogger(RecordTypes.class);

    private static final int AFFECTED = 17;

    private RecordTypes() {}

    /** Has the cache hold a type of the JDK. */
    public static void forget() {
        if (Runtime.version().feature() != AFFECTED) {
            return;
        }
        MethodHandles.Lookup lookup = MethodHandles.lookup();
        try {
            MethodHandle component = lookup.findVirtual(String.class, "toString", MethodType.methodType(String.class));
            for (String method : new String[] {"equals", "hashCode"}) {
                ObjectMethods.bootstrap(lookup, method, MethodHandle.class, String.class, "component", component);
            }
        } catch (Throwable ex) {
            log.debug("A type of this application stays in a cache of the JDK", ex);
        }
    }
}
