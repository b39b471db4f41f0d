// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure.storm;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.springframework.web.client.RestClientException;

/** The loop that many write: three more attempts, 100 ms after whatever failure, as far as somebody else allows each. */
final class FixedDelay implements Retrying {

    private static final int RETRIES = 3;

    private static final long DELAY_MILLIS = 100;

    private final BooleanSupplier allowed;

    FixedDelay(BooleanSupplier allowed) {
        this.allowed = allowed;
    }

    @Override
    public void run(Runnable call) throws InterruptedException {
        for (int retries = 0; true; retries++) {
            try {
                call.run();
                return;
            } catch (RestClientException ex) {
                if (retries == RETRIES || !this.allowed.getAsBoolean()) {
                    throw ex;
                }
            }
            TimeUnit.MILLISECONDS.sleep(DELAY_MILLIS);
        }
    }
}
