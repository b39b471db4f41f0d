// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.measure;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.race.QuietLogs;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Bytes are the one cost that does not depend on what else the machine does. */
class CallAllocationTests {

    @Test
    void aCallAllocatesNoMoreThanOneOfTheStockClient() throws Exception {
        try (QuietLogs quiet = new QuietLogs();
                CostServer server = CostServer.start();
                Callers callers = new Callers()) {
            Map<String, Caller> all = callers.of(Exchanged.BYTES, server.url(false, Exchanged.BYTES));
            Caller stock = all.get(Callers.STOCK);
            Caller evenkeel = all.get(Callers.EVENKEEL);
            Block.run(stock, 2_000);
            Block.run(evenkeel, 2_000);

            double bytesOfStock = Block.run(stock, 500).bytes();
            double bytes = Block.run(evenkeel, 500).bytes();

            assertThat(bytes).isLessThanOrEqualTo(bytesOfStock);
        }
    }
}
