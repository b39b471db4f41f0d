// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.soak;

import static io.evenkeel.soak.Peer.CHUNKED;
import static io.evenkeel.soak.Peer.GZIPPED;
import static io.evenkeel.soak.Peer.ascii;
import static io.evenkeel.soak.Peer.gzip;
import static io.evenkeel.soak.Peer.head;
import static io.evenkeel.soak.Peer.length;
import static io.evenkeel.soak.Peer.poison;

import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/** What a server does to a request, or to the connection behind its answer. */
enum Fault {

    // --- none -------------------------------------------------------------------------------------------------------

    OK((peer, request) -> {
        peer.send(peer.answer(request));
        return true;
    }),
    OK_IN_CHUNKS((peer, request) -> {
        peer.send(head(request, "200 OK", CHUNKED), peer.chunks(peer.payload(request), true));
        return true;
    }),
    OK_GZIPPED((peer, request) -> {
        byte[] body = gzip(peer.payload(request));
        peer.send(head(request, "200 OK", GZIPPED, length(body)), body);
        return true;
    }),
    OK_GZIPPED_IN_CHUNKS((peer, request) -> {
        peer.send(head(request, "200 OK", GZIPPED, CHUNKED), peer.chunks(gzip(peer.payload(request)), true));
        return true;
    }),
    /** The rest of the body comes about when a caller thinks of closing. */
    LATE_REST((peer, request) -> {
        byte[] body = peer.payload(request);
        int cut = peer.random(body.length);
        peer.send(head(request, "200 OK", length(body)), Arrays.copyOf(body, cut));
        peer.rest(2);
        peer.send(Arrays.copyOfRange(body, cut, body.length));
        return true;
    }),
    LATE_REST_IN_CHUNKS((peer, request) -> {
        byte[] body = peer.chunks(peer.payload(request), true);
        int cut = peer.random(body.length);
        peer.send(head(request, "200 OK", CHUNKED), Arrays.copyOf(body, cut));
        peer.rest(2);
        peer.send(Arrays.copyOfRange(body, cut, body.length));
        return true;
    }),
    LATE_REST_GZIPPED((peer, request) -> {
        byte[] body = peer.chunks(gzip(peer.payload(request)), true);
        int cut = peer.random(body.length);
        peer.send(head(request, "200 OK", GZIPPED, CHUNKED), Arrays.copyOf(body, cut));
        peer.rest(2);
        peer.send(Arrays.copyOfRange(body, cut, body.length));
        return true;
    }),
    NO_CONTENT((peer, request) -> {
        peer.send(head(request, "204 No Content"));
        return true;
    }),
    INTERIM((peer, request) -> {
        for (int i = peer.random(4); i >= 0; i--) {
            peer.send(head(request, (i == 0) ? "103 Early Hints" : "102 Processing"));
        }
        peer.send(peer.answer(request));
        return true;
    }),
    SLOW((peer, request) -> {
        peer.rest(200);
        peer.send(peer.answer(request));
        return true;
    }),
    CONNECTION_CLOSE((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", "Connection: close", length(body)), body);
        return peer.fin();
    }),
    CONNECTION_CLOSE_AND_STAYS((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", "Connection: close", length(body)), body);
        return peer.stall();
    }),
    UNAVAILABLE((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "503 Service Unavailable", "Retry-After: 1", length(body)), body);
        return true;
    }),
    REDIRECT((peer, request) -> {
        String status = List.of("301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect", "308 Permanent")
                .get(peer.random(5));
        byte[] body = peer.payload(request);
        // What it leads to is a request of its own.
        String location = "Location: /OK/%s%s?size=%d".formatted(request.id(), Order.FOLLOWED, request.size());
        peer.send(head(request, status, location, length(body)), body);
        return true;
    }),

    // --- instead of an answer ---------------------------------------------------------------------------------------

    FIN_BEFORE_ANSWER((peer, request) -> peer.fin()),
    RST_BEFORE_ANSWER((peer, request) -> peer.reset()),
    STALL_BEFORE_ANSWER((peer, request) -> peer.stall()),
    HALF_CLOSE_BEFORE_ANSWER((peer, request) -> peer.halfClose()),
    REQUEST_TIMEOUT((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "408 Request Timeout", "Connection: close", length(body)), body);
        return peer.fin();
    }),
    GARBAGE((peer, request) -> {
        peer.send("garbage\r\n\r\n");
        peer.send(peer.answer(request));
        return peer.fin();
    }),
    INTERIM_WITHOUT_END((peer, request) -> {
        for (int i = 0; i < 40; i++) {
            peer.send(head(request, "102 Processing"));
        }
        return peer.stall();
    }),
    SWITCHES_PROTOCOLS((peer, request) -> {
        peer.send(head(request, "101 Switching Protocols", "Upgrade: none", "Connection: Upgrade"));
        return peer.stall();
    }),

    // --- in the head of an answer -----------------------------------------------------------------------------------

    FIN_IN_HEAD((peer, request) -> {
        peer.sendPart(head(request, "200 OK", "Content-Length: 0"));
        return peer.fin();
    }),
    RST_IN_HEAD((peer, request) -> {
        peer.sendPart(head(request, "200 OK", "Content-Length: 0"));
        return peer.reset();
    }),
    STALL_IN_HEAD((peer, request) -> {
        peer.sendPart(head(request, "200 OK", "Content-Length: 0"));
        return peer.stall();
    }),
    DRIPPING_HEAD((peer, request) -> {
        peer.sendSlowly(head(request, "204 No Content"), Duration.ofMillis(peer.random(900)));
        return true;
    }),
    HUGE_HEAD((peer, request) -> {
        for (int i = 0; i < 200; i++) {
            peer.send("HTTP/1.1 200 OK\r\n".repeat((i == 0) ? 1 : 0) + "X-%d: %s\r\n".formatted(i, "x".repeat(1000)));
        }
        return peer.stall();
    }),
    MALFORMED_HEAD((peer, request) -> {
        peer.send(head(request, "200 OK", "no colon", "Content-Length: 0"));
        return peer.stall();
    }),
    TWO_LENGTHS((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body), "Content-Length: 3"), body);
        return true;
    }),
    LENGTH_AND_CHUNKS((peer, request) -> {
        peer.send(head(request, "200 OK", CHUNKED, "Content-Length: 3"), peer.chunks(peer.payload(request), true));
        return true;
    }),

    // --- between head and body --------------------------------------------------------------------------------------

    FIN_AFTER_HEAD((peer, request) -> {
        peer.send(head(request, "200 OK", length(peer.payload(request))));
        return peer.fin();
    }),
    RST_AFTER_HEAD((peer, request) -> {
        peer.send(head(request, "200 OK", length(peer.payload(request))));
        return peer.reset();
    }),
    STALL_AFTER_HEAD((peer, request) -> {
        peer.send(head(request, "200 OK", length(peer.payload(request))));
        return peer.stall();
    }),
    STALL_BEFORE_CHUNKS((peer, request) -> {
        peer.send(head(request, "200 OK", CHUNKED));
        return peer.stall();
    }),

    // --- in the body ------------------------------------------------------------------------------------------------

    FIN_IN_BODY((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body)));
        peer.sendPart(body);
        return peer.fin();
    }),
    RST_IN_BODY((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body)));
        peer.sendPart(body);
        return peer.reset();
    }),
    STALL_IN_BODY((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body)));
        peer.sendPart(body);
        return peer.stall();
    }),
    HALF_CLOSE_IN_BODY((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body)));
        peer.sendPart(body);
        return peer.halfClose();
    }),
    DRIPPING_BODY((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body)));
        peer.sendSlowly(body, Duration.ofMillis(peer.random(1000)));
        return true;
    }),
    FIN_IN_CHUNKS((peer, request) -> {
        peer.send(head(request, "200 OK", CHUNKED));
        peer.sendPart(peer.chunks(peer.payload(request), false));
        return peer.fin();
    }),
    NO_LAST_CHUNK((peer, request) -> {
        peer.send(head(request, "200 OK", CHUNKED), peer.chunks(peer.payload(request), false));
        return peer.fin();
    }),
    BAD_CHUNK((peer, request) -> {
        peer.send(
                head(request, "200 OK", CHUNKED),
                peer.chunks(peer.payload(request), false),
                ascii("-1\r\nx\r\n0\r\n\r\n"));
        return true;
    }),
    CUT_GZIP((peer, request) -> {
        byte[] body = gzip(peer.payload(request));
        byte[] cut = Arrays.copyOf(body, 1 + peer.random(body.length - 1));
        peer.send(head(request, "200 OK", GZIPPED, CHUNKED), peer.chunks(cut, true));
        return true;
    }),
    CORRUPT_GZIP((peer, request) -> {
        byte[] body = gzip(peer.payload(request));
        body[10 + peer.random(body.length - 10)] ^= 0x55;
        peer.send(head(request, "200 OK", GZIPPED, length(body)), body);
        return true;
    }),
    FIN_IN_GZIP((peer, request) -> {
        byte[] body = gzip(peer.payload(request));
        peer.send(head(request, "200 OK", GZIPPED, length(body)));
        peer.sendPart(body);
        return peer.fin();
    }),
    UNTIL_CLOSE((peer, request) -> {
        peer.send(head(request, "200 OK"), peer.payload(request));
        return peer.fin();
    }),
    /** Nobody can see that. */
    CUT_UNTIL_CLOSE((peer, request) -> {
        peer.send(head(request, "200 OK"));
        peer.sendPart(peer.payload(request));
        return peer.fin();
    }),
    OLD_PROTOCOL((peer, request) -> {
        byte[] body = peer.payload(request);
        byte[] head = head(request, "200 OK", length(body));
        head[7] = '0';
        peer.send(head, body);
        return peer.fin();
    }),
    ALERT_IN_BODY((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body)));
        peer.sendPart(body);
        peer.sendBelowTls(Peer.HANDSHAKE_FAILURE);
        return peer.fin();
    }),
    CUT_RECORD_IN_BODY((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", length(body)));
        peer.sendPart(body);
        peer.sendBelowTls(new byte[] {23, 3, 3, 1, 0, 1, 2, 3});
        return peer.stall();
    }),

    // --- behind the answer ------------------------------------------------------------------------------------------

    LENGTH_TOO_LONG((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", "Content-Length: " + (body.length + 5)), body);
        return peer.chance(0.5) ? peer.fin() : peer.stall();
    }),
    /** What is told to be the body is whole, and more comes behind it. */
    LENGTH_TOO_SHORT((peer, request) -> {
        peer.send(peer.answer(request), ascii("more"));
        return peer.sayNothingToWhatCrosses();
    }),
    ANSWER_BEHIND((peer, request) -> {
        peer.send(peer.answer(request), poison("200 OK"));
        return peer.sayNothingToWhatCrosses();
    }),
    ANSWER_BEHIND_NO_CONTENT((peer, request) -> {
        peer.send(head(request, "204 No Content"), poison("200 OK"));
        return peer.sayNothingToWhatCrosses();
    }),
    ANSWER_WHILE_IDLE((peer, request) -> {
        peer.send(peer.answer(request));
        if (!peer.isSilent(50)) {
            return true;
        }
        peer.send(poison("200 OK"));
        return peer.sayNothingToWhatCrosses();
    }),
    GOODBYE_WHILE_IDLE((peer, request) -> {
        peer.send(peer.answer(request));
        if (!peer.isSilent(50)) {
            return true;
        }
        peer.send(poison("408 Request Timeout", "Connection: close"));
        return peer.chance(0.5) ? peer.fin() : peer.sayNothingToWhatCrosses();
    }),
    FIN_RIGHT_BEHIND((peer, request) -> {
        peer.send(peer.answer(request));
        return peer.fin();
    }),
    FIN_WHILE_IDLE((peer, request) -> {
        peer.send(peer.answer(request));
        return !peer.isSilent(50) || peer.fin();
    }),
    RST_WHILE_IDLE((peer, request) -> {
        peer.send(peer.answer(request));
        return !peer.isSilent(50) || peer.reset();
    }),
    HALF_CLOSE_WHILE_IDLE((peer, request) -> {
        peer.send(peer.answer(request));
        return !peer.isSilent(50) || peer.halfClose();
    }),
    STALL_WHILE_IDLE((peer, request) -> {
        peer.send(peer.answer(request));
        return peer.stall();
    }),
    HINT_THAT_LIES((peer, request) -> {
        byte[] body = peer.payload(request);
        peer.send(head(request, "200 OK", "Keep-Alive: timeout=60, max=1000", length(body)), body);
        return !peer.isSilent(300) || peer.fin();
    }),
    HINT_OF_NONSENSE((peer, request) -> {
        byte[] body = peer.payload(request);
        String hint = List.of("timeout=-1", "timeout=0", "timeout=99999999999999999999", "max=0", "timeout=\"x\"")
                .get(peer.random(5));
        peer.send(head(request, "200 OK", "Keep-Alive: " + hint, length(body)), body);
        return true;
    }),

    // --- before the body of the request was read --------------------------------------------------------------------

    EARLY_413((peer, request) -> {
        peer.send(head(request, "413 Content Too Large", "Connection: close", "Content-Length: 0"));
        return peer.chance(0.5) ? peer.fin() : peer.stall();
    }),
    STOPS_READING((peer, request) -> peer.ignore()),
    RST_IN_UPLOAD((peer, request) -> {
        peer.isSilent(5);
        return peer.reset();
    }),
    FIN_IN_UPLOAD((peer, request) -> peer.fin());

    private static final List<Fault> GOOD = List.of(
            OK, OK_IN_CHUNKS, OK_GZIPPED, OK_GZIPPED_IN_CHUNKS, LATE_REST, LATE_REST_IN_CHUNKS, LATE_REST_GZIPPED);

    private static final Set<Fault> TAKE_LONG = Set.of(
            STALL_BEFORE_ANSWER,
            HALF_CLOSE_BEFORE_ANSWER,
            INTERIM_WITHOUT_END,
            STALL_IN_HEAD,
            DRIPPING_HEAD,
            STALL_AFTER_HEAD,
            STALL_BEFORE_CHUNKS,
            STALL_IN_BODY,
            HALF_CLOSE_IN_BODY,
            DRIPPING_BODY,
            CUT_RECORD_IN_BODY,
            STOPS_READING);

    private static final List<Fault> BEFORE_BODY = List.of(EARLY_413, STOPS_READING, RST_IN_UPLOAD, FIN_IN_UPLOAD);

    private interface Act {

        boolean on(Peer peer, Request request) throws IOException;
    }

    private final Act act;

    Fault(Act act) {
        this.act = act;
    }

    /** {@return whether the connection goes on} */
    boolean happens(Peer peer, Request request) throws IOException {
        return this.act.on(peer, request);
    }

    /** {@return those of a server that is well} */
    static List<Fault> good() {
        return GOOD;
    }

    /** {@return whether callers have to wait for it, so that there must be few of it} */
    boolean takesLong() {
        return TAKE_LONG.contains(this);
    }

    boolean comesBeforeBody() {
        return BEFORE_BODY.contains(this);
    }

    /** {@return whether the client cannot see that a body was cut off} */
    boolean cutsUnseen() {
        return this == CUT_UNTIL_CLOSE;
    }

    /** {@return whether the size of the answer is bounded to what leaves in one piece} What follows it is sent with it. */
    boolean isSmall() {
        return this == LENGTH_TOO_SHORT || this == ANSWER_BEHIND || this == ANSWER_BEHIND_NO_CONTENT;
    }
}
