// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** Follows the script on one connection, on a thread of its own. */
final class ServerConnection implements Runnable {

    private final int index;

    private final Wire wire;

    private final ServerScript script;

    private final Evidence evidence;

    private final Wire.@Nullable ServerTls tls;

    // The request at hand.
    private RequestScript current;

    private int bytesRead;

    private boolean answered;

    ServerConnection(int index, Wire wire, ServerScript script, Evidence evidence, Wire.@Nullable ServerTls tls) {
        this.index = index;
        this.wire = wire;
        this.script = script;
        this.evidence = evidence;
        this.tls = tls;
        this.current = script.scriptOf(index, 0);
    }

    Wire wire() {
        return this.wire;
    }

    @Override
    public void run() {
        try {
            run(this.script.acceptSteps(this.index));
            if (!this.wire.isClosed() && handshake()) {
                int request = 0;
                while (serve(request)) {
                    request++;
                }
            }
            this.wire.fin(true);
        } catch (IOException ex) {
            // The peer has gone. What that means is for the test to say, which sees the other end.
        } catch (RuntimeException | Error ex) {
            this.evidence.failed(this.index, ex);
        } finally {
            end();
        }
    }

    private void end() {
        try {
            this.wire.finFromOutside(false);
        } catch (IOException ex) {
            // It was closed already, or reset.
        }
        this.evidence.closed(this);
    }

    private boolean handshake() throws IOException {
        if (this.tls == null) {
            return true;
        }
        try {
            long begun = Handshake.begin();
            SSLSession session = this.wire.startTls(this.tls);
            this.evidence.shookHands(Handshake.of(this.index, session, begun));
            return true;
        } catch (IOException ex) {
            this.evidence.handshakeFailed(this.index, ex);
            return false;
        }
    }

    /** {@return whether the connection lives on} */
    private boolean serve(int number) throws IOException {
        this.current = this.script.scriptOf(this.index, number);
        this.bytesRead = 0;
        this.answered = false;
        Request request = readHead(number);
        if (request == null) {
            return false;
        }
        this.evidence.received(request);
        run(this.current.steps(Moment.REQUEST_HEAD));
        byte[] body = readBody(request);
        if (body == null) {
            return false;
        }
        Request complete = request.withBody(body);
        this.evidence.completed(request, complete);
        run(this.current.steps(Moment.REQUEST_BODY));
        boolean close = "close".equalsIgnoreCase(request.header("Connection"));
        if (!this.answered && !this.wire.isClosed()) {
            Function<Request, Answer> answer = this.current.answer();
            Answer.Rendered response = ((answer != null) ? answer : this.script.answer())
                    .apply(complete)
                    .render(complete);
            respond(response);
            close |= response.closes();
        }
        run(this.current.steps(Moment.IDLE));
        return !close && !this.wire.isClosed();
    }

    private void respond(Answer.Rendered response) throws IOException {
        byte[] bytes = response.bytes();
        int written = 0;
        for (Map.Entry<Integer, List<Step>> steps :
                this.current.stepsInside(response).entrySet()) {
            int place = steps.getKey();
            if (place > bytes.length || this.wire.isClosed()) {
                break;
            }
            this.wire.write(bytes, written, place - written);
            written = place;
            run(steps.getValue());
        }
        this.wire.write(bytes, written, bytes.length - written);
    }

    private void run(List<Step> steps) throws IOException {
        for (Step step : steps) {
            if (this.wire.isClosed()) {
                return;
            }
            this.answered |= step.answers();
            step.run(this.wire);
        }
    }

    private int next() throws IOException {
        int next = this.wire.read();
        if (next >= 0) {
            if (this.bytesRead++ == 0) {
                this.current.begin();
            }
            run(this.current.stepsAfterRequestBytes(this.bytesRead));
        }
        return this.wire.isClosed() ? -1 : next;
    }

    private @Nullable String readLine() throws IOException {
        StringBuilder line = new StringBuilder();
        int next = next();
        while (next >= 0 && next != '\n') {
            line.append((char) next);
            next = next();
        }
        return (next < 0) ? null : line.toString().strip();
    }

    private @Nullable Request readHead(int number) throws IOException {
        String first = readLine();
        if (first == null) {
            return null;
        }
        List<Request.Header> headers = new ArrayList<>();
        String line = readLine();
        while (line != null && !line.isEmpty()) {
            int colon = line.indexOf(':');
            String name = (colon < 0) ? line : line.substring(0, colon);
            headers.add(new Request.Header(
                    name, (colon < 0) ? "" : line.substring(colon + 1).strip()));
            line = readLine();
        }
        if (line == null) {
            return null;
        }
        String[] words = first.split(" ", 3);
        String target = (words.length > 1) ? words[1] : "";
        return new Request(words[0], target, List.copyOf(headers), new byte[0], false, this.index, number);
    }

    private byte @Nullable [] readBody(Request head) throws IOException {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        if (!"chunked".equalsIgnoreCase(head.header("Transfer-Encoding"))) {
            String length = head.header("Content-Length");
            return readInto(body, (length != null) ? Long.parseLong(length) : 0) ? body.toByteArray() : null;
        }
        long size = readChunkSize();
        while (size > 0) {
            if (!readInto(body, size) || readLine() == null) {
                return null;
            }
            size = readChunkSize();
        }
        String trailer = readLine();
        while (trailer != null && !trailer.isEmpty()) {
            trailer = readLine();
        }
        return (size == 0 && trailer != null) ? body.toByteArray() : null;
    }

    private long readChunkSize() throws IOException {
        String line = readLine();
        return (line != null) ? Long.parseLong(line.split(";", 2)[0].strip(), 16) : -1;
    }

    private boolean readInto(ByteArrayOutputStream body, long length) throws IOException {
        for (long i = 0; i < length; i++) {
            int next = next();
            if (next < 0) {
                return false;
            }
            body.write(next);
        }
        return true;
    }
}
