// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.race;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.springframework.http.MediaType;
import org.springframework.web.client.RestClient;
import org.springframework.web.client.RestClientException;

/** One caller: pauses, calls, and notes how it went. More than half of its calls are plain POSTs. */
final class Lane implements Callable<List<Call>> {

    private final int number;
    private final RestClient client;
    private final String url;
    private final int route;
    private final Pace pace;
    private final int calls;
    private final Random random;

    Lane(int number, RestClient client, String url, int route, Pace pace, int calls) {
        this.number = number;
        this.client = client;
        this.url = url;
        this.route = route;
        this.pace = pace;
        this.calls = calls;
        this.random = new Random(-number);
    }

    @Override
    public List<Call> call() {
        List<Call> made = new ArrayList<>(this.calls);
        for (int i = 0; i < this.calls; i++) {
            Gap.Kind gap = this.pace.await();
            made.add(call(this.number + "-" + i, method(), (i == 0) ? Gap.Kind.FIRST : gap));
        }
        return made;
    }

    private Method method() {
        double choice = this.random.nextDouble();
        if (choice < 0.55) {
            return Method.POST;
        }
        return (choice < 0.7) ? Method.KEYED_POST : (choice < 0.85) ? Method.GET : Method.PUT;
    }

    private Call call(String id, Method method, Gap.Kind gap) {
        long begin = System.nanoTime();
        Throwable failure = send(id, method);
        return new Call(id, this.route, method, gap, begin, System.nanoTime(), failure);
    }

    private @Nullable Throwable send(String id, Method method) {
        RestClient.RequestBodySpec request =
                this.client.method(method.verb()).uri(this.url).header(RaceServer.CALL_ID, id);
        if (method == Method.KEYED_POST) {
            request.header("Idempotency-Key", id);
        }
        if (method != Method.GET) {
            request.contentType(MediaType.TEXT_PLAIN).body("an order");
        }
        try {
            String answer = request.retrieve().body(String.class);
            return "ok".equals(answer) ? null : new IllegalStateException("Answer to another request: " + answer);
        } catch (RestClientException ex) {
            return ex;
        }
    }
}
