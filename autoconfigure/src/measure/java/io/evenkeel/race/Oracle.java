// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A client that knows the server's timeout and the way to it, makes the same calls at the same times, and keeps as many
 * connections. It opens one only if none is left, or if the server may have closed the freshest before a request arrives.
 */
final class Oracle {

    private static final long LINGER_NANOS = 500_000_000;

    private final long usableNanos;
    private final int kept;

    Oracle(Race race) {
        this.usableNanos = race.idleTimeout().minus(race.roundTrip()).toNanos();
        this.kept = (race.maxSize() > 0) ? race.maxSize() : (race.side() == Race.Side.STOCK) ? 5 : 1;
    }

    private record Event(long time, boolean answer, Call call) {}

    /** {@return the ids of the calls for which it opens a connection} */
    Set<String> opens(List<Call> calls) {
        List<Event> events = new ArrayList<>();
        for (Call call : calls) {
            events.add(new Event(call.begin(), false, call));
            events.add(new Event(call.end(), true, call));
        }
        events.sort(Comparator.comparingLong(Event::time));
        Map<Integer, Deque<Long>> idle = new HashMap<>();
        Set<String> opened = new HashSet<>();
        for (Event event : events) {
            Deque<Long> route = idle.computeIfAbsent(event.call().route(), number -> new ArrayDeque<>());
            expire(route, event.time());
            if (event.answer()) {
                route.addFirst(event.time());
            } else if (route.pollFirst() == null) {
                opened.add(event.call().id());
            }
        }
        return opened;
    }

    private void expire(Deque<Long> route, long now) {
        int position = 0;
        for (Iterator<Long> idle = route.iterator(); idle.hasNext(); position++) {
            long age = now - idle.next();
            if (age >= this.usableNanos || (position >= this.kept && age >= LINGER_NANOS)) {
                idle.remove();
            }
        }
    }
}
