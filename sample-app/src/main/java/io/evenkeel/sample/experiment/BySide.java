// SPDX-License-Identifier: Apache-2.0
package io.evenkeel.sample.experiment;

import io.evenkeel.sample.upstream.Side;
import java.util.function.Function;

/** One value for each side. */
record BySide<T>(T stock, T evenkeel) {

    static <T> BySide<T> of(Function<Side, T> value) {
        return new BySide<>(value.apply(Side.STOCK), value.apply(Side.EVENKEEL));
    }

    T get(Side side) {
        return (side == Side.STOCK) ? stock : evenkeel;
    }

    <R> BySide<R> map(Function<T, R> function) {
        return new BySide<>(function.apply(stock), function.apply(evenkeel));
    }
}
